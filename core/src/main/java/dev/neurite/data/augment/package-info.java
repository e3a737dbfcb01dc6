/// Random changes of training images and batches: [dev.neurite.data.augment.Augmentations]. Works on
/// arrays of pixels, not on data sets. Depends on `error`, `tensor` and `kernel`.
@NullMarked
package dev.neurite.data.augment;

import org.jspecify.annotations.NullMarked;
