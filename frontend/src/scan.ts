// Reads the code of a QR from the camera into the field that a button with data-scan names, and sends its form. The
// browser's own detector reads where there is one; elsewhere ZXing in WebAssembly, which is fetched on the first tap.
// The button is shown only where pages may use a camera (https, or this very machine); typing always works.
const EVERY_MS = 150;
const LONGEST_PX = 1280;

type Read = (video: HTMLVideoElement) => Promise<string>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface DetectorKind {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

async function ownReader(): Promise<Read | null> {
  const kind = (window as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  if (!kind) return null;
  try {
    if (!(await kind.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new kind({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
  } catch {
    return null;
  }
}

async function bundledReader(): Promise<Read> {
  const [{ prepareZXingModule, readBarcodes }, { default: wasm }] = await Promise.all([
    import("zxing-wasm/reader"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || !video.videoWidth) return "";
    const scale = Math.min(1, LONGEST_PX / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(image, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text ?? "";
  };
}

function startOne(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset.scan ?? "") as HTMLInputElement | null;
  const panel = document.getElementById("scanner");
  const video = panel?.querySelector("video");
  const note = panel?.querySelector<HTMLElement>("[data-scan-note]");
  const close = panel?.querySelector<HTMLButtonElement>("[data-scan-close]");
  if (!field || !panel || !video || !note || !close || !navigator.mediaDevices?.getUserMedia) return;
  let stream: MediaStream | null = null;
  let running = 0;
  button.hidden = false;

  const stop = (): void => {
    running += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    video.hidden = true;
    button.hidden = false;
  };

  const failed = (error: unknown): void => {
    stop();
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    note.textContent = (denied ? note.dataset.denied : note.dataset.failed) ?? "";
  };

  const look = async (read: Read, mine: number): Promise<void> => {
    while (mine === running) {
      const code = await read(video).catch(() => "");
      if (mine !== running) return;
      if (code.trim()) {
        field.value = code.trim();
        navigator.vibrate?.(60);
        stop();
        panel.hidden = true;
        field.form?.requestSubmit();
        return;
      }
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
  };

  button.addEventListener("click", async () => {
    running += 1;
    const mine = running;
    button.hidden = true;
    panel.hidden = false;
    note.textContent = note.dataset.starting ?? "";
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      if (mine !== running) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
      video.srcObject = opened;
      video.hidden = false;
      await video.play();
      const read = (await ownReader()) ?? (await bundledReader());
      note.textContent = note.dataset.hold ?? "";
      await look(read, mine);
    } catch (error) {
      if (mine === running) failed(error);
    }
    return undefined;
  });
  close.addEventListener("click", () => {
    stop();
    panel.hidden = true;
    field.focus();
  });
  window.addEventListener("pagehide", stop);
}

export function startScanning(): void {
  document.querySelectorAll<HTMLButtonElement>("button[data-scan]").forEach(startOne);
}
