"""Many modules become one script, and a page that needs nothing but itself."""

import json
import posixpath
import re

import pytest

from lstm_viz.stage import bundle


@pytest.fixture
def folder(tmp_path):
    def write(**sources):
        for name, source in sources.items():
            file = tmp_path / "entries" / f"{name}.js"
            file.parent.mkdir(exist_ok=True)
            file.write_text(source)
        return tmp_path

    return write


def test_a_module_stands_after_those_that_it_imports():
    names = list(bundle.modules())
    for name, source in bundle.modules().items():
        for needed in re.findall(r'from "(\..*)\.js"', source):
            place = posixpath.normpath(f"{name}/../{needed}")
            assert names.index(place) < names.index(name)


def test_a_file_imports_nothing_and_exports_one_thing():
    for entry in bundle.STYLES:
        lines = bundle.file(entry).splitlines()
        assert not [line for line in lines if line.startswith("import ")]
        (exported,) = [line for line in lines if line.startswith("export ")]
        assert exported.startswith("export default function ")


def test_streamlit_is_given_what_fetches_the_file_and_no_more():
    names = {entry: bundle.file_name(entry) for entry in bundle.STYLES}
    assert len(set(names.values())) == len(names)
    for entry, name in names.items():
        assert f'"{bundle.PLACE}/{name}"' in bundle.module(entry)
        assert len(bundle.module(entry)) < 300


def test_each_style_sheet_comes_with_the_file():
    for entry, sheets in bundle.STYLES.items():
        for sheet in sheets:
            text = (bundle.FOLDER / "css" / f"{sheet}.css").read_text("utf-8")
            assert json.dumps(text)[1:-1] in bundle.file(entry)


def test_every_script_of_the_folder_is_used():
    sources = {path.relative_to(bundle.FOLDER) for path in bundle.FOLDER.glob("*/*.js")}
    entries = [path.stem for path in (bundle.FOLDER / "entries").glob("*.js")]
    used = set().union(*(bundle.modules(entry=name) for name in entries))
    assert {path.with_suffix("").as_posix() for path in sources} == used


def test_names_of_different_modules_do_not_meet(folder):
    place = folder(
        one="const secret = 1;\nexport function first() { return secret; }\n",
        stage='import { first as before } from "./one.js";\n'
        "const secret = 2;\nexport default function mount() { return before() + secret; }\n",
    )
    script = bundle.script(place)
    assert "const { first: before } = $entries_one;" in script
    assert script.count("const secret") == 2


def test_a_circle_of_imports_is_named(folder):
    place = folder(
        one='import { mount } from "./stage.js";\n',
        stage='import { x } from "./one.js";\nexport default function mount() {}\n',
    )
    with pytest.raises(ValueError, match="entries/stage > entries/one"):
        bundle.modules(place)


def test_what_cannot_be_joined_is_refused(folder):
    place = folder(stage='import * as all from "./one.js";\nexport default function mount() {}\n')
    with pytest.raises(ValueError, match="import \\* as all"):
        bundle.script(place)
