package dev.neurite.spark.cluster;

import java.util.List;

/// Where a program runs.
/// @param address its IP address, for others
/// @param command the words before a command that run it there
public record Host(String address, List<String> command) {
    /// This machine, for itself.
    public static final Host LOOPBACK = new Host("127.0.0.1", List.of());
}
