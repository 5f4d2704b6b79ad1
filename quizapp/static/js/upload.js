// Makes pictures smaller before they are sent, says in words what is happening, and holds back what is too large.
// Without it the form works as it is: the server does all of this again.
const form = document.getElementById("upload");
const LONGEST_SIDE = 2600;
const SMALL_ENOUGH = 1_500_000;

function megabytes(bytes) {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function smaller(file) {
  const isHeic = /\.hei[cf]$/i.test(file.name);
  if (!isHeic && (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    // JPEG knows no transparency, and black letters on what becomes black could not be read.
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.88));
    if (blob.size >= file.size && !isHeic) return file;
    return new File([blob], file.name.replace(/(\.[^.]*)?$/, ".jpg"), { type: "image/jpeg" });
  } catch {
    return file; // What this browser cannot open, the server may.
  }
}

function problemOf(files) {
  const most = Number(form.dataset.mostBytes);
  const tooLarge = files.find((file) => file.size > most);
  if (tooLarge) return `${tooLarge.name} has ${megabytes(tooLarge.size)}, more than ${megabytes(most)}. Make it smaller.`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const mostAtOnce = Number(form.dataset.mostBytesAtOnce);
  return total > mostAtOnce ? `Together they have ${megabytes(total)}. Send them in several goes.` : "";
}

async function send(event) {
  event.preventDefault();
  const status = document.getElementById("upload-status");
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  status.textContent = "Getting the files ready.";
  const sent = [];
  for (const input of form.querySelectorAll("input[type=file]")) {
    const files = new DataTransfer();
    for (const file of input.files) files.items.add(await smaller(file));
    input.files = files.files;
    sent.push(...files.files);
  }
  const problem = problemOf(sent);
  button.disabled = Boolean(sent.length) && !problem;
  if (problem) {
    status.textContent = problem;
    return;
  }
  const size = megabytes(sent.reduce((sum, file) => sum + file.size, 0));
  status.textContent = sent.length ? `Sending ${sent.length === 1 ? "1 file" : `${sent.length} files`}, ${size}. Keep this page open.` : "";
  form.submit();
}

if (form) {
  form.addEventListener("submit", send);
  // Back to this page from the browser's memory: it is ready again.
  addEventListener("pageshow", () => {
    form.querySelector("button").disabled = false;
    document.getElementById("upload-status").textContent = "";
  });
}
