/* A photo for one person, from the camera or the album: made small here, so that it is sent over a weak network too, and shown at once.
 *   form[data-letter]      its file fields; one of them is filled at a time
 *   canvas[data-letter-shows], [data-letter-said]   the picture, and what it is in words
 * A photo this browser can't open (HEIC) goes as it is: the server looks at it.
 */
const LONGEST = 1600;
const form = document.querySelector('form[data-letter]');
const shown = document.querySelector('[data-letter-shows]');
const said = document.querySelector('[data-letter-said]');

const small = async (file) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  shown.width = Math.max(1, Math.round(bitmap.width * scale));
  shown.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = shown.getContext('2d');
  pen.fillStyle = '#fff'; // a JPEG knows nothing transparent
  pen.fillRect(0, 0, shown.width, shown.height);
  pen.drawImage(bitmap, 0, 0, shown.width, shown.height);
  bitmap.close();
  return new Promise((done) => shown.toBlob(done, 'image/jpeg', 0.86));
};

form?.addEventListener('change', async (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== 'file') return;
  const [file] = input.files;
  if (!file) return;
  for (const other of form.querySelectorAll('input[type=file]')) if (other !== input) other.value = '';
  said.textContent = '이 사진을 함께 보내요.';
  try {
    const blob = await small(file);
    shown.hidden = false;
    if (input.files[0] !== file || !blob || blob.size >= file.size) return;
    const smaller = new DataTransfer();
    smaller.items.add(new File([blob], 'photo.jpg', { type: 'image/jpeg' }));
    input.files = smaller.files;
  } catch {
    shown.hidden = true; // not a picture this browser knows
  }
});
