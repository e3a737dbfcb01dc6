/// How images of any size become inputs of a network: [dev.neurite.data.image.ImageInput]. Works on lines of
/// pixels, not on files or data sets. Depends on `error` and `tensor`.
@NullMarked
package dev.neurite.data.image;

import org.jspecify.annotations.NullMarked;
