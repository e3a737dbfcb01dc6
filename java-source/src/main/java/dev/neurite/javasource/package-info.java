/// Writes a model as one Java file: [dev.neurite.javasource.JavaSource].
@NullMarked
package dev.neurite.javasource;

import org.jspecify.annotations.NullMarked;
