package dev.neurite.spark.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where a program runs.
/// @param address its IP address, for others
/// @param command the words before a command that run it there
public record Host(String address, List<String> command) {
    /// This machine, for itself.
    public static final Host LOOPBACK = new Host("127.0.0.1", List.of());

    /// The same place, on one core where `taskset` exists.
    public Host onCore(int number) {
        List<String> words = new ArrayList<>(command);
        if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            words.addAll(List.of("/usr/bin/taskset", "-c", Integer.toString(number)));
        }
        return new Host(address, List.copyOf(words));
    }
}
