/// Random changes of training images and batches: [dev.neurite.data.augment.Augmentations]. Knows arrays of pixels,
/// but no data set. Depends on `error`, `tensor` and `kernel`.
@NullMarked
package dev.neurite.data.augment;

import org.jspecify.annotations.NullMarked;
