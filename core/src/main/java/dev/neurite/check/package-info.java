/// Tools to find mistakes: in layers, one's own included, [dev.neurite.check.GradientCheck]; in a network, its
/// data and its settings before a long training, [dev.neurite.check.Checkup]. Depends on all packages but `io`.
@NullMarked
package dev.neurite.check;

import org.jspecify.annotations.NullMarked;
