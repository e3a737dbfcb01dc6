/// What a model takes and gives, in the words of its user: columns of a table, an image, a text, steps of a series;
/// classes, values, a forecast. It is written into the model file by whatever trained the model. May use `data` and
/// what is below it.
@NullMarked
package dev.neurite.signature;

import org.jspecify.annotations.NullMarked;
