/// A training of this JVM: watched from its own thread, which never waits for a client, and asked
/// between its steps.
@NullMarked
package dev.neurite.dashboard.live;

import org.jspecify.annotations.NullMarked;
