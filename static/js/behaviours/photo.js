// A photo leaves no larger than it will be kept: eight megabytes would hold up a hall's Wi-Fi.
const LONGEST = 1600; // pixels, as in facilitator/web/uploads.py
const SMALL = 300_000; // bytes

// The photo as a smaller JPEG; as it is where the browser can't read it.
export async function smaller(photo) {
  if (photo.size <= SMALL) return photo;
  try {
    const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((give) => canvas.toBlob(give, "image/jpeg", 0.82));
    return made && made.size < photo.size ? made : photo;
  } catch {
    return photo;
  }
}
