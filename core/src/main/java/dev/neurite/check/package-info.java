/// Tools to find mistakes in layers, one's own included: [dev.neurite.check.GradientCheck]. Depends on
/// `model` and what it depends on.
@NullMarked
package dev.neurite.check;

import org.jspecify.annotations.NullMarked;
