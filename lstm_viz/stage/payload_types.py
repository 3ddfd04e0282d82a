"""The type of everything that Python sends to the browser, each written once.

One ``TypedDict`` a payload and one for each part of it; what a part means stands in its docstring.
Nothing here is optional: what does not apply is ``None``, an empty list or an empty text, so that a
missing key is always a mistake. ``lstm_viz/browser/entries/`` has the reader of each payload,
``lstm_viz/ui/components.py`` the function that sends it.

To add a field: one line here, its value in the producer (the module of the same name in this
folder: `payload.py`, `scene.py`, `pair.py`, ...; mypy says where it is missing), and the script
that reads it. tests/stage/test_payload_types.py compares what is produced with these types, and
tests/browser/test_payload_types.py what the scripts read: a field that nobody reads, or that is
read and never sent, fails there.
"""

from __future__ import annotations

from typing import TypedDict

from lstm_viz.notation.substituted import Part
from lstm_viz.notation.trees import Tree, TreeLine

# ---- what many payloads have in common -----------------------------------------------------------


class Colours(TypedDict):
    """One colour, on a light and on a dark page."""

    light: str
    dark: str


class Encoded(TypedDict):
    """Numbers as float32 in base64: shape [steps, width], or [width] where no step differs."""

    data: str
    shape: list[int]


class Read(TypedDict):
    """What was read at a step, by itself."""

    text: str


class Start(TypedDict):
    """Where the cursor begins where the address says nothing: step (from 0) and unit."""

    t: int
    unit: int


class TransportWords(TypedDict):
    """What the bar that moves the cursor says."""

    step_label_long: str
    step_of: str
    step_reads: str
    transport: str
    play: str
    pause: str
    first: str
    back: str
    forward: str
    last: str
    speed: str
    steps_a_second: str
    phase_by_phase: str
    phases: str
    phase_names: dict[str, str]
    phase: str


# ---- the stage: entries/stage.js -----------------------------------------------------------------


class CellTitle(TypedDict):
    """Which cell is shown."""

    name: str
    title: str


class Guess(TypedDict):
    """What is expected next, and how surely; a forecast number has no probability.

    Where the network writes, ``after`` is the probability that was drawn from, None elsewhere, and
    ``drawn`` marks what was drawn.
    """

    text: str
    p: float | None
    after: float | None
    drawn: bool


class Token(TypedDict):
    """One step; ``right`` is None where nobody could know what comes.

    ``written`` says that the network wrote it itself.
    """

    text: str
    predictions: list[Guess]
    target: str | None
    right: bool | None
    written: bool


class Series(TypedDict):
    """A sequence of numbers and the forecast of each next one.

    ``given`` is how many of them were measured: behind these it reads what it expected itself, and
    ``measured`` is what then came, as far as that is known.
    """

    read: list[float]
    forecast: list[float]
    unit: str
    given: int
    measured: list[float]


class Signal(TypedDict):
    """A signal and how its values are drawn; ``strip`` says whether it has a heat strip."""

    name: str
    symbol: str
    role: str
    title: str
    short: str
    range: list[float] | None
    scale: str
    limit: float
    strip: bool


class Scale(TypedDict):
    """``kind`` is "gate" for what is never negative, else "signed"; ``limit`` is full strength."""

    kind: str
    limit: float


class About(TypedDict):
    """What a tooltip says of a value."""

    name: str
    meaning: str
    shape: str


# One summand of a line: its MathML without its sign (1 or -1), and where it comes from.
Term = TypedDict("Term", {"key": str, "sign": int, "mathml": str, "from": str})


class Function(TypedDict):
    """The function round a line: alone, round its argument, and as its formula over a."""

    sign: str
    before: str
    after: str
    tree: Tree


class Equation(TypedDict):
    """A line: typeset, and with a place for each number; ``folded`` lines are shown on demand."""

    signal: str
    mathml: str
    function: Function | None
    pre: str
    terms: list[Term]
    substituted: list[Part]
    phase: int
    folded: bool


class Node(TypedDict):
    """A part that computes: kind "layer", "op" or "constant", its middle and its size.

    ``turn`` is when inside its sub-step, ``phase``, it is computed: from 0 to 1. ``word`` says what
    the signal of a layer does, "" where it is only a step on the way.
    """

    id: str
    kind: str
    label: str
    word: str
    x: float
    y: float
    w: float
    h: float
    value: str
    signal: str | None
    role: str
    phase: int
    turn: float


class Wire(TypedDict):
    """A polyline; ``arrow`` is the tip and the direction of its head.

    ``turn`` and ``until`` are when inside its sub-step something begins to flow and has arrived.
    """

    value: str
    signal: str | None
    role: str
    kind: str
    points: list[tuple[float, float]]
    spread: float
    lead: float
    to: str | None
    arrow: list[float] | None
    phase: int
    turn: float
    until: float


class Run(TypedDict):
    """A piece of a name: on the line or below it, slanted or upright."""

    text: str
    below: bool
    slanted: bool
    accent: str


class Label(TypedDict):
    """A name at a wire, as ``runs``; or the ``mark`` of what is taken away, which has no symbol."""

    x: float
    y: float
    symbol: str | None
    role: str | None
    runs: list[Run]
    mark: str
    phase: int
    turn: float


class Body(TypedDict):
    """The panel that holds everything the cell computes."""

    x: float
    y: float
    w: float
    h: float


class Legend(TypedDict):
    """Where the shapes are explained."""

    x: float
    y: float
    width: float


class Carry(TypedDict):
    """What goes out on the right and comes in on the left: where, and on which side round."""

    state: str
    leaves: tuple[float, float]
    enters: tuple[float, float]
    over: bool


class Scene(TypedDict):
    """The drawing of a cell."""

    width: float
    height: float
    body: Body
    nodes: list[Node]
    wires: list[Wire]
    labels: list[Label]
    legend: Legend
    phases: list[str]
    carries: list[Carry]


class OutputWords(TypedDict):
    """What stands at the output layer and in its drawer."""

    title: str
    told: str
    shared: str
    line: str
    answer: str
    logit: str
    probability: str
    drawn_from: str
    all: str
    fewer: str
    up: str
    down: str
    nobody: str
    of_unit: str
    others: str
    bias: str
    proof: str
    softmax: str
    heated: str
    coldest: str
    cut: str
    in_unit: str
    candidate: str


class Number(TypedDict):
    """How an answer that is a number is read: times ``spread``, plus ``centre``, in its unit."""

    centre: float
    spread: float
    unit: str
    decimals: int


class Drawn(TypedDict):
    """How a network that writes draws; 0 for no top-k, 1 for no top-p."""

    given: int
    temperature: float
    top_k: int
    top_p: float


class OutputLayer(TypedDict):
    """What makes an answer of h: ``weight`` [O, H] and ``bias`` [O], and its ``outputs`` [T, O].

    ``candidates`` are what is chosen from, [] where the answer is a ``number``.
    """

    weight: Encoded
    bias: Encoded
    outputs: Encoded
    candidates: list[str]
    number: Number | None
    drawing: Drawn | None
    mathml: str
    about: dict[str, About]
    words: OutputWords


class MemoryWords(TypedDict):
    """What stands in the drawer of the memory."""

    title: str
    told: str
    not_told: str
    of_unit: str
    share: str
    throughout: str
    of_answer: str
    forecast: str
    answer: str
    likeliest: str
    sum: str
    start: str
    most: str
    at: str
    join: str
    place: str
    written_at: str
    point: str
    point_answer: str
    proof: str
    picture: str
    stack_picture: str
    part_picture: str
    answer_sum: str
    straight: str
    bent: str
    no_answer: str


class MemorySum(TypedDict):
    """Of what the memory is the sum: the keys of what is ``kept`` and ``written`` at a step.

    ``besides`` has those that are not among the stage's own values.
    ``initial`` is what it began with, None for 0. ``apart`` is by how much the sums differ from it
    at most, None where the browser says that. ``shown`` has h as a formula of the memory, where it
    is one; ``why`` it is no sum, else "".
    """

    state: str
    kept: str
    written: str
    besides: dict[str, Encoded]
    initial: Encoded | None
    apart: float | None
    shown: list[Tree]
    why: str
    words: MemoryWords


class StageWords(TransportWords):
    """What the stage says; `{braces}` are filled in by the browser."""

    comma: str
    pace: str
    phase_by_phase_why: str
    whole_steps: str
    whole_steps_why: str
    sequence: str
    reads: str
    expects: str
    reads_number: str
    reads_own_number: str
    held: str
    forecasts_number: str
    series: str
    step_label: str
    at_step: str
    expects_next: str
    right: str
    wrong: str
    drawn: str
    written: str
    wrong_answer: str
    cell: str
    layer: str
    operation: str
    copy: str
    concatenate: str
    drawing: str
    drawing_now: str
    equations: str
    other_lines: str
    unit: str
    unit_of: str
    sum: str
    curve: str
    strips: str
    strip: str
    strip_now: str
    value_of_unit: str
    colour_key: str
    closed: str
    open: str
    negative: str
    positive: str
    width_is_strength: str
    framed_row: str
    framed_row_hint: str
    notes: str
    close_note: str
    save: str
    drawing_alone: str
    film: str
    moment: str
    source: str
    own_scale: str
    view: str
    order_title: str
    orders: dict[str, str]
    scale_title: str
    scales: dict[str, str]
    keys_title: str
    space: str
    keys: dict[str, str]
    picture: str
    full_screen: str


class StagePayload(TypedDict):
    """One run of one sequence, forward or back; ``id`` tells payloads apart that look different.

    ``values``, ``scales`` and ``about`` have the same keys: the texts of expressions. ``lights``
    says what to light for a key that has no part in the drawing. ``towards`` is -1 where the cursor
    walks back in time; ``unrolled`` stands below the drawing, ``training`` above everything,
    ``output`` below the equations; ``memory`` can be opened.
    """

    id: str
    cell: CellTitle
    steps: int
    units: int
    shown: list[int]
    shown_why: str
    tokens: list[Token]
    series: Series | None
    signals: list[Signal]
    values: dict[str, Encoded]
    scales: dict[str, Scale]
    about: dict[str, About]
    equations: list[Equation]
    aliases: dict[str, str]
    lights: dict[str, str]
    scene: Scene
    question: str  # what the task asks of the network; "" where there is no task
    task: str  # what the task is called; "" where there is none
    caption: str
    words: StageWords
    start: Start
    address: dict[str, str]
    file_name: str
    towards: int
    unrolled: Unrolled | None
    training: Training | None
    output: OutputLayer | None
    memory: MemorySum | None
    held: list[HeldSpan]


# ---- the stage with a second cursor: parts/training.js -------------------------------------------


class Program(TypedDict):
    """A cell to be run in the browser.

    The lines in the order of computation, the states' initial values, for each key that is shown
    the tree of its expression, and the weights' names and shapes in the order in which they are
    packed.
    """

    lines: list[TreeLine]
    initial: dict[str, float]
    trees: dict[str, Tree]
    weights: list[tuple[str, tuple[int, ...]]]
    units: int


class SentSnapshot(TypedDict):
    """A network after so many training steps: its weights, packed, and what it answers.

    ``x`` is None where the same is read as at the first moment; a guess is its text and, where it
    has one, its probability.
    """

    after: int
    weights: str
    x: str | None
    guesses: list[list[list[str | float]]]
    right: list[bool | None]
    forecast: list[float] | None
    loss: float | None
    metric: str


class TrainingWords(TypedDict):
    """What the bar and the picture of a training say."""

    comma: str
    through_training: str
    after: str
    after_steps: str
    loss: str
    loss_is: str
    learning: str
    picture_of: str
    of_unit: str
    at: str
    learn_play: str
    learn_pause: str
    learn_back: str
    learn_forward: str
    training_steps: str
    turned: str
    pin: str


class TrainingMark(TypedDict):
    """Something that happened up to a moment, said in a few words; ``role`` is "" for the loss."""

    moment: int
    role: str
    said: str


class Training(TypedDict):
    """All moments of a training that are sent; ``pins`` offers a button that pins one."""

    program: Program
    snapshots: list[SentSnapshot]
    pins: bool
    marks: list[TrainingMark]
    signal: str
    left_out: str
    words: TrainingWords


# ---- two runs side by side: entries/pair.js ------------------------------------------------------


class Difference(TypedDict):
    """Right minus left; ``values`` is None where the browser subtracts at every moment."""

    signals: list[Signal]
    values: dict[str, Encoded] | None
    tokens: list[Token]
    shown: list[int]
    steps: int
    units: int


class Apart(TypedDict):
    """The parts and wires that one drawing alone has, each as pair.js knows it again."""

    left: list[list[str | None]]
    right: list[list[str | None]]


# A signal that is held by hand over these steps, of one unit or (None) of all.
HeldSpan = TypedDict("HeldSpan", {"signal": str, "from": int, "to": int, "unit": int | None})


class PairWords(TypedDict):
    """What the pair says besides what its two stages say."""

    left: str
    right: str
    difference: str
    held: str


class PairPayload(TypedDict):
    """Two stages under one cursor; ``holding`` lets one draw on the right one's strips.

    ``opens`` is the step at which an answer differs, where one does.
    """

    id: str
    caption: str
    opens: int | None
    left: StagePayload
    right: StagePayload
    difference: Difference
    changed: list[str]
    apart: Apart
    held: list[HeldSpan]
    holding: bool
    address: dict[str, str]
    words: PairWords


# ---- networks unrolled over time: parts/unrolled.js, entries/walk.js -----------------------------


class Lane(TypedDict):
    """What is left of a state's gradient at each step: as log10 (None is nothing) and in words.

    ``along`` and ``straight`` are the share that came along the direct path, for a memory.
    """

    name: str
    role: str
    decades: list[float | None]
    left: list[str]
    along: list[float] | None
    straight: list[str] | None


class UnrolledRow(TypedDict):
    """A network: its name, its colour, the step at which the gradient is put in, its lanes."""

    title: str
    colour: Colours
    last: int
    lanes: list[Lane]


class UnrolledWords(TypedDict):
    """What stands at the rows and below them."""

    title: str
    row: str
    readout: str
    on_lane: str
    with_straight: str
    # The word between two lanes.
    join: str
    width: str
    proportional: str
    logarithmic: str
    full: str
    none: str
    straight: str
    through: str
    axis: str


class Unrolled(TypedDict):
    """A row of cells for each network; ``back`` names each step's distance from the last one."""

    rows: list[UnrolledRow]
    read: list[str]
    last: int
    back: list[str]
    largest: float
    least: float
    words: UnrolledWords


class WalkStart(TypedDict):
    """The step at which the walk opens."""

    t: int


class WalkPayload(TypedDict):
    """The rows by themselves, with all that moves the cursor."""

    id: str
    unrolled: Unrolled
    steps: int
    towards: int
    tokens: list[Read]
    start: WalkStart
    address: dict[str, str]
    words: TransportWords


# ---- layers over time: entries/stack.js ----------------------------------------------------------


class StackRow(TypedDict):
    """A layer in one direction: in which round each word is computed, how many numbers it reads.

    ``values`` is the key of its h.
    """

    layer: int
    way: str
    title: str
    when: list[int]
    reads: int
    values: str


class StackAnswer(TypedDict):
    """An answer at a word: the odds of both names, and how much it depends on each word."""

    at: int
    odds: list[float]
    right: bool | None
    depends: list[float]
    said: str


class StackWords(TransportWords):
    """What the picture of layers says."""

    comma: str
    unrolled: str
    looped: str
    views: str
    at_once: str
    cell_at: str
    answers_now: str
    head: str
    cell_said: str
    cell_first: str
    not_yet: str
    picture: str
    legend_width: str


class StackPayload(TypedDict):
    """Every h of every cell; ``steps`` are rounds, ``answered`` says when each answer is known."""

    id: str
    tokens: list[Read]
    rows: list[StackRow]
    values: dict[str, Encoded]
    units: int
    steps: int
    answered: list[int]
    answers: list[StackAnswer]
    names: list[str]
    address: dict[str, str]
    words: StackWords


# ---- one unit as a tank: entries/valves.js -------------------------------------------------------


class Control(TypedDict):
    """A slider: of a gate that is held (``holds``), or of the input."""

    name: str
    symbol: str
    title: str
    meaning: str
    role: str
    low: float
    high: float
    value: float
    holds: bool


class Corner(TypedDict):
    """A row of the gate table: what it is called, what it sets, what its columns say."""

    name: str
    sets: dict[str, float]
    cells: list[str]


class Sentence(TypedDict):
    """An equation in symbols; and behind it, with a place for each number and for its result."""

    symbols: str
    numbers: str


class ValvesWords(TypedDict):
    """What stands in and around the tank."""

    step: str
    next_step: str
    this_step: str
    run: str
    pause: str
    empty: str
    candidate: str
    write: str
    keep: str
    show: str
    output: str
    picture: str
    picture_now: str
    record: str
    record_now: str
    recorded: str
    over: str
    table: list[str]


class ValvesPayload(TypedDict):
    """One unit, which the browser computes itself."""

    lines: list[TreeLine]
    states: list[str]
    weights: dict[str, float]
    controls: list[Control]
    corners: list[Corner]
    sentences: list[Sentence]
    running: bool  # from the beginning, where motion is welcome
    address: dict[str, str]
    words: ValvesWords


# ---- small parts of pages ------------------------------------------------------------------------


class ConnectionsRow(TypedDict):
    """A cell: for each pair of an answer and something read, one byte of strength, in base64."""

    name: str
    colour: str
    strengths: str


class ConnectionsPayload(TypedDict):
    """A text in which each prediction can be asked what it depends on; ``at`` is asked first.

    A new ``text`` is another text, a new ``version`` is drawn anew.
    """

    read: list[str]
    characters: bool
    rows: list[ConnectionsRow]
    at: int
    text: str
    version: str


class SignColours(TypedDict):
    """The colours of both signs on the page as it is."""

    positive: str
    negative: str


class ColouredTextPayload(TypedDict):
    """A text (each token as it is and as it is shown) on grounds as strong as its values."""

    tokens: list[tuple[str, str]]
    values: list[float]
    limit: float
    signed: bool
    colours: SignColours
    name: str
    label: str
    ends: list[str]


class EditorPayload(TypedDict):
    """What stands in the editor and what is wrong with it; a new ``version`` replaces the text.

    ``fine`` is said where nothing is wrong, ``meanwhile`` what is shown as long as something is.
    """

    text: str
    version: str
    problem: str
    fine: str
    meanwhile: str
    line: int | None
    label: str
    longest: int


class CurveLine(TypedDict):
    """A line of a figure of curves, in the colour of its cell; None where there is nothing."""

    name: str
    colour: Colours
    values: list[float | None]


class Tick(TypedDict):
    """A mark on an axis."""

    at: int
    text: str


class CurvesPayload(TypedDict):
    """How much of the gradient is left, k steps back."""

    lines: list[CurveLine]
    ticks: list[Tick]
    x: str
    y: str
    label: str
    last: int


# ---- a forecast of many steps --------------------------------------------------------------------


class ForecastLine(TypedDict):
    """What one expects, or how far off it is: a value for each step ahead, None where none is.

    ``kind`` is "network", "last" or "period".
    """

    name: str
    kind: str
    colour: Colours
    values: list[float | None]


class Fan(TypedDict):
    """What the network expects after another number of steps was read."""

    start: int
    values: list[float]


class ForecastWords(TypedDict):
    """What the picture of a forecast says."""

    label: str
    measured: str
    came: str
    fan: str
    step: str
    ahead: str
    judged: str
    at: str
    read: str
    distance: str
    value: str


class ForecastPayload(TypedDict):
    """What was measured, what is expected after ``given`` steps of it, and how far off that is.

    Each of ``lines`` has ``steps`` values, the first of the step behind the given ones.
    """

    id: str
    measured: list[float]
    given: int
    steps: int
    lines: list[ForecastLine]
    fan: list[Fan]
    errors: list[ForecastLine]
    unit: str
    decimals: int
    address: dict[str, str]
    said: str
    words: ForecastWords


class PictureButtonPayload(TypedDict):
    """A button that saves the stage as a picture."""

    label: str


# ---- share: a link of a view ---------------------------------------------------------------------


class SharedControl(TypedDict):
    """A control of the page: its name in the address, and what it is called."""

    name: str
    label: str


class SharePayload(TypedDict):
    """What can be written on a link of this view: the controls that it may lock or hide.

    ``longest`` has the characters that each of its texts may have, ``words`` those of
    `stage/share.py`.
    """

    controls: list[SharedControl]
    longest: dict[str, int]
    words: dict[str, str]


# ---- a worksheet of this view or a lesson: entries/sheets.js ------------------------------------


class SheetsOf(TypedDict):
    """What a worksheet can be made of: its key, and what it is called."""

    key: str
    label: str


class SheetsFile(TypedDict):
    """A file that was asked for under this ``id``: its name and its text."""

    id: str
    name: str
    text: str


class SheetsPayload(TypedDict):
    """What asks for worksheets, and the file once it is there; ``problem`` where it cannot be."""

    of: list[SheetsOf]
    most: int
    file: SheetsFile | None
    problem: str
    words: dict[str, str]


# ---- the words of the glossary wherever they stand: entries/words.js ----------------------------


class GlossaryWord(TypedDict):
    """A word, what it is, and where to see it; ``forms`` are how texts call it, ``signs`` how
    formulas do."""

    word: str
    said: str
    seen: str
    forms: list[str]
    signs: list[str]


class WordsPayload(TypedDict):
    """The glossary, for a page to find its words in its own texts."""

    glossary: list[GlossaryWord]
    words: dict[str, str]


# ---- together: a class ---------------------------------------------------------------------------


class TogetherPayload(TypedDict):
    """The bar of a class, or its door, with its words by their names in `stage/together.py`.

    ``language`` is the one that is being spoken, as the address has it.
    """

    language: str
    is_door: bool
    words: dict[str, str]


# ---- what comes back -----------------------------------------------------------------------------


class Typed(TypedDict):
    """What was typed in the editor, over which version of the text."""

    text: str
    version: str


class Asked(TypedDict):
    """Which element of which text was last asked about."""

    text: str
    at: int


# A span that was drawn on a strip.
DrawnSpan = TypedDict("DrawnSpan", {"signal": str, "from": int, "to": int, "unit": int})


class LessonPart(TypedDict):
    """A stretch of a lesson's text; ``word`` is what the glossary calls it, "" for all else."""

    text: str
    word: str


class LessonReply(TypedDict):
    """A reply to a question, and what is true of it."""

    label: str
    told: str
    right: bool


class LessonGuess(TypedDict):
    """A number that is asked for: what it is, between what it is sought, how near is near."""

    value: float
    low: float
    high: float
    by: float
    within: float


class LessonCondition(TypedDict):
    """What the address has to say under a name: one of the texts, or a number in a range.

    ``usual`` is what is meant where it says nothing.
    """

    name: str
    texts: list[str]
    range: list[float]
    usual: str


class GlossaryEntry(TypedDict):
    """A word in one sentence, and the address where it is to be seen."""

    word: str
    said: str
    seen: str


class LessonWords(TypedDict):
    """What stands round the steps of a lesson."""

    step: str
    back: str
    next: str
    skip: str
    finish: str
    hint: str
    show: str
    scene: str
    leave: str
    fold: str
    unfold: str
    answer: str
    guessed: str
    right: str
    wrong: str
    done: str
    to_do: str
    see: str
    close: str


class LessonPayload(TypedDict):
    """One step of a lesson as it stands beside its page.

    Texts are paragraphs of parts. ``met`` says whether the numbers that the run has to have are
    there, ``is_here`` whether the page is the step's own; ``asks`` are the names that move in the
    browser alone and on which a number depends: it tells what they are. ``hides`` is what would
    answer the question beside it, until it is answered: "guesses" of what comes next, the "values"
    of the lines from the step ``hides_from`` on, or the "results" that the page draws. Addresses
    are relative to the app's.
    """

    key: str
    title: str
    number: int
    count: int
    text: list[list[LessonPart]]
    hint: list[list[LessonPart]]
    reply: list[list[LessonPart]]
    question: str
    replies: list[LessonReply]
    guess: LessonGuess | None
    conditions: list[LessonCondition]
    asks: list[str]
    hides: str
    hides_from: int
    met: bool
    is_here: bool
    trouble: str
    scene: str
    show: str
    back: str
    next: str
    glossary: dict[str, GlossaryEntry]
    words: LessonWords


class CourseLesson(TypedDict):
    """A lesson in the list, and how many steps it has."""

    key: str
    title: str
    goal: str
    minutes: str
    steps: int


class Door(TypedDict):
    """A way in: what it is called, what is behind it, its address."""

    title: str
    said: str
    seen: str


class CourseWords(TypedDict):
    """What the list says of where one is; ``resume`` has {title}, {step} and {steps}."""

    resume: str
    done: str
    begun: str


class CoursePayload(TypedDict):
    """The doors, where one left off, and the lessons, in order; which are ``listed`` or not.

    ``page`` is the address at which a lesson is asked for, ``to`` that of the step that has been.
    """

    page: str
    to: str
    doors: list[Door]
    lessons: list[CourseLesson]
    listed: bool
    words: CourseWords
