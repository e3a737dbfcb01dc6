/// Tools to find mistakes: [dev.neurite.check.GradientCheck] checks layers, your own included;
/// [dev.neurite.check.Checkup] checks a network, its data and its settings before a long training. May use all packages
/// except `io`.
@NullMarked
package dev.neurite.check;

import org.jspecify.annotations.NullMarked;
