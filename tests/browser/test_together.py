"""A class that is together, as its teacher and a student have it in two browsers."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import settled


def state(page: Page, text: str) -> None:
    expect(page.locator(".together-state")).to_have_text(text)


def test_a_student_follows_looks_around_comes_back_and_is_asked(server, visit):
    teacher = visit(viewport={"width": 1280, "height": 800}, color_scheme="light")
    student = visit(viewport={"width": 390, "height": 844}, locale="zh-CN")
    teacher.goto(f"{server.url}/together")
    settled(teacher).get_by_role("button", name="Open a class").click()
    code = teacher.locator(".together-code")
    expect(code).to_have_text(re.compile(r"^\w+(-\w+){3}$"))
    student.goto(f"{server.url}/together")
    settled(student).locator(".together-typed").fill(code.inner_text().replace("-", " ").upper())
    student.locator(".together-typed").press("Enter")
    state(teacher, "Students: 1")
    assert "teacher=" not in teacher.url

    teacher.get_by_role("button", name="See inside").click()
    teacher.get_by_role("menuitem", name="Watch it think").click()
    expect(student.get_by_role("heading", name="看它思考")).to_be_visible()
    root = student.locator(".stage")
    expect(root).to_have_attribute("data-step", re.compile(r"\d"))
    step = int(root.get_attribute("data-step") or 0)
    expect(teacher.locator(".stage")).to_have_attribute("data-step", str(step))
    forward = teacher.get_by_role("button", name="One step forward")
    forward.click()
    expect(root).to_have_attribute("data-step", str(step + 1))
    teacher.get_by_role("combobox", name="unit").select_option("2")
    expect(root).to_have_attribute("data-unit", "2")
    teacher.get_by_role("combobox", name="Cell").click()
    teacher.get_by_role("option", name="GRU", exact=True).click()
    for stage in (root, teacher.locator(".stage")):
        expect(stage.locator('.equation[data-signal="z"]')).to_be_visible()

    student.keyboard.press("Home")
    state(student, "您正在自己查看。")
    expect(root).to_have_attribute("data-step", "1")
    forward.click()
    expect(teacher.locator(".stage")).to_have_attribute("data-step", str(step + 2))
    expect(root).to_have_attribute("data-step", "1")
    student.get_by_role("button", name="重新跟随").click()
    expect(root).to_have_attribute("data-step", str(step + 2))

    hostile = "<img src=x onerror=alert(1)> **Which** gate?"
    teacher.get_by_role("button", name="Ask …").click()
    teacher.get_by_label("A question to the class").fill(hostile)
    teacher.get_by_role("button", name="Gates", exact=True).click()
    teacher.get_by_role("button", name="Ask now").click()
    expect(student.locator(".together-text")).to_have_text(hostile)
    student.locator(".together-option").nth(1).click()
    expect(teacher.locator(".together-count").nth(1)).to_have_text("1 (100 %)")
    expect(student.locator(".together-count").nth(1)).to_be_hidden()
    teacher.locator(".together-option").first.click()
    student.evaluate("lstmVizClass.line.socket.close()")  # as a network that is gone; it comes back
    teacher.get_by_role("button", name="Show the answers to all").click()
    expect(student.locator(".together-option.right .together-name")).to_have_text("forget gate f")
    expect(student.locator(".together-count").nth(1)).to_have_text("1（100%）")
    student.reload()
    state(settled(student), "已在课堂中，正在跟随老师。")
    expect(student.locator(".together-option").nth(1)).to_have_attribute("aria-pressed", "true")

    end = teacher.locator(".together-line button").last
    end.click()
    end.click()
    state(student, "课堂已结束。")
    expect(teacher.locator(".together-bar")).to_be_hidden()
    expect(student.locator(".together-bar")).to_be_hidden()


def test_a_wrong_code_is_told_and_a_link_leads_in(server, visit):
    page = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto(f"{server.url}/together?class=amber-amber-amber-amber")
    problem = page.locator(".together-problem").first
    expect(problem).to_have_text(re.compile("no class of this code"))
    expect(page).to_have_url(f"{server.url}/together")
    page.get_by_role("button", name="Open a class").click()
    code = page.locator(".together-code")
    expect(code).to_have_text(re.compile("-"))
    link = page.locator(".together-address").first.input_value()
    own = page.locator(".together-address").last.input_value()
    assert link == f"{server.url}/together?class={code.inner_text()}"
    student, elsewhere = visit(), visit()
    student.goto(link)
    state(page, "Students: 1")
    elsewhere.goto(own)
    expect(elsewhere.locator(".together-code")).to_have_text(code.inner_text())
    assert "teacher" not in elsewhere.url
    student.get_by_role("button", name="Leave").click()
    state(elsewhere, "Students: 0")
