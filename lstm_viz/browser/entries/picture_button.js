// A button beside Streamlit's own that asks the stage, wherever it is on the page, for a picture.

export default function mount({ data: [data], parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => window.dispatchEvent(new Event("lstm-viz:picture"));
}
