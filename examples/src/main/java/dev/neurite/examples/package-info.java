/// One program a file, each to be read from top to bottom.
@NullMarked
package dev.neurite.examples;

import org.jspecify.annotations.NullMarked;
