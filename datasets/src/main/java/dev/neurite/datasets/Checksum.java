package dev.neurite.datasets;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Computes a SHA-256 of arriving bytes, in a background thread for large files.
final class Checksum implements AutoCloseable {
    /// The smallest file for which a thread is used.
    private static final long LARGE = 8 << 20;

    private final Executor executor;
    private final Runnable end;

    /// Created in the background thread, as the first one in a JVM takes a while.
    private final CompletableFuture<MessageDigest> digest;

    /// @param size the length of the file
    Checksum(long size) {
        if (size < LARGE) {
            executor = Runnable::run;
            end = () -> {};
        } else {
            ExecutorService thread = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("neurite-checksum").factory());
            executor = thread;
            end = thread::close;
        }
        digest = CompletableFuture.supplyAsync(Checksum::sha256, executor);
    }

    /// Adds bytes, which must not be changed afterwards.
    void add(byte[] bytes, int from, int count) {
        executor.execute(() -> digest.join().update(bytes, from, count));
    }

    /// The checksum of all bytes added, in lower-case hexadecimal digits.
    String hex() {
        return CompletableFuture.supplyAsync(
                        () -> HexFormat.of().formatHex(digest.join().digest()), executor)
                .join();
    }

    @Override
    public void close() {
        end.run();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
