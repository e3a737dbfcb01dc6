package dev.neurite.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What this JVM takes of the computer.
/// @param heap bytes in use after a collection
/// @param resident bytes of memory, as Linux counts them; 0 elsewhere
/// @param threads those of the operating system
/// @param files descriptors that are open, also of connections; 0 but for Linux
record ServerFigures(long heap, long resident, int threads, int files) {
    private static final Path PROCESS = Path.of("/proc/self");

    static ServerFigures now() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) { // requests are under way
            System.gc();
            Thread.sleep(10);
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return new ServerFigures(
                least, residentBytes(), Thread.getAllStackTraces().size(), openFiles());
    }

    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(PROCESS.resolve("status"))) {
            return lines.filter(each -> each.startsWith("VmRSS:"))
                    .mapToLong(each -> Long.parseLong(each.replaceAll("[^0-9]", "")) << 10)
                    .sum();
        } catch (IOException | UncheckedIOException _) {
            return 0;
        }
    }

    private static int openFiles() {
        String[] names = PROCESS.resolve("fd").toFile().list();
        return names == null ? 0 : names.length;
    }

    @Override
    public String toString() {
        return "heap %.1f MB, resident %d MB, %d threads, %d files"
                .formatted(heap / 1e6, resident / 1_000_000, threads, files);
    }
}
