/// The playground: small networks on points in a plane, trained step by step by the library
/// itself, with the numbers of each formula. Knows nothing of HTTP.
@NullMarked
package dev.neurite.dashboard.playground;

import org.jspecify.annotations.NullMarked;
