"""A link that is made on the page opens elsewhere as it was made."""

from playwright.sync_api import expect

from tests.browser.pages import settled
from tests.browser.stage import open_stage


def test_a_link_opens_elsewhere_with_what_is_written_on_it_and_without_what_is_hidden(
    server, page, visit, tmp_path
):
    stage = open_stage(page, server.url, cell="gru", t=6)
    page.get_by_role("button", name="Share").click()
    panel = page.locator(".share")
    panel.get_by_label("Title").fill("<b>Lesson</b> 3")
    panel.get_by_label("A question").fill("Which *gate* falls?")
    panel.get_by_label("Cell", exact=True).select_option("hidden")
    panel.get_by_label("Task", exact=True).select_option("locked")
    page.keyboard.press("Escape")
    stage.button("One step forward").click()
    stage.says("t", 7)
    page.get_by_role("button", name="Share").click()
    expect(panel.get_by_label("Title")).to_have_value("<b>Lesson</b> 3")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the worksheet").click()
    sheet = visit(viewport={"width": 800, "height": 1000}, color_scheme="dark")
    saved.value.save_as(tmp_path / "sheet.html")
    sheet.goto((tmp_path / "sheet.html").as_uri())
    expect(
        sheet.get_by_role("article").get_by_text("Step 7 of 25")
    ).to_be_visible()  # where the browser is by now
    expect(sheet.locator(".sheets .drawing .node").first).to_be_visible()
    expect(sheet.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(sheet.locator(".key")).to_be_hidden()
    sheet.get_by_label("Show and print").select_option("key")
    expect(sheet.locator(".key")).to_be_visible()
    expect(sheet.locator(".sheets")).to_be_hidden()
    field = panel.get_by_label("The link to this view")
    field.focus()
    other = visit(viewport={"width": 390, "height": 844}, color_scheme="dark", locale="zh-CN")
    other.goto(field.input_value())
    settled(other)
    expect(other.locator(".st-key-lesson-link")).to_contain_text("<b>Lesson</b> 3")
    expect(other.locator(".st-key-lesson-link")).to_contain_text("Which *gate* falls?")
    expect(other.locator(".stage")).to_have_attribute("data-step", "7")
    expect(other.locator('.equation[data-signal="z"]')).to_be_visible()
    expect(other.get_by_role("combobox", name="任务")).to_be_disabled()
    expect(other.get_by_role("combobox", name="细胞")).to_have_count(0)
    other.get_by_role("button", name="显示整个页面").click()
    expect(other.get_by_role("combobox", name="细胞")).to_have_value("GRU")
