/// Peers of `neurite bench`: the same networks, batches and figures in other libraries of the JVM.
package dev.neurite.peers;
