// A short film: pictures one after the other on a canvas, which the browser itself records.

import { element } from "./dom.js";

const TYPES = ["video/webm;codecs=vp9", "video/webm", "video/mp4"]; // what browsers record, the first that is known
const RATE = 30; // frames a second
const SIZE = 1.5; // pixels of the film to one of the picture

export const canFilm = () => typeof MediaRecorder === "function" && TYPES.some((type) => MediaRecorder.isTypeSupported(type));

// `pictures` are SVG images as blobs, each made when it is asked for; each is seen `hold` milliseconds.
export async function filmed(pictures, { width, height }, hold) {
  const canvas = element("canvas", { width: Math.round(width * SIZE), height: Math.round(height * SIZE) });
  const context = canvas.getContext("2d");
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(canvas.captureStream(RATE), { mimeType: type, videoBitsPerSecond: 5e6 });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  for (const picture of pictures) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await picture.text())}`;
    await image.decode();
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    if (recorder.state === "inactive") recorder.start();
    await new Promise((resolve) => setTimeout(resolve, hold));
  }
  context.drawImage(canvas, 0, 0); // the last picture lasts as long as the others
  recorder.stop();
  await stopped;
  return { film: new Blob(pieces, { type }), ending: type.slice(6).split(";")[0] };
}
