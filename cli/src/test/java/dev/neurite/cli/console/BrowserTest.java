package dev.neurite.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrowserTest {
    @TempDir
    private Path directory;

    private Path program(String script) throws IOException {
        Path program = Files.writeString(directory.resolve("xdg-open"), script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    private Browser browser(Map<String, String> environment) {
        var all = new java.util.HashMap<>(environment);
        all.put("PATH", "/nowhere:" + directory);
        return new Browser(all, "Linux");
    }

    @Test
    void onlyWhereThereIsAScreen() throws IOException {
        Path program = program("#!/bin/sh\n");
        assertThat(browser(Map.of()).program()).isEmpty();
        assertThat(browser(Map.of("DISPLAY", ":0")).program()).contains(java.util.List.of(program.toString()));
        assertThat(browser(Map.of("WAYLAND_DISPLAY", "w")).program()).isPresent();
        assertThat(browser(Map.of("DISPLAY", ":0", "CI", "true")).program()).isEmpty();
        assertThat(browser(Map.of("DISPLAY", ":0", "SSH_CONNECTION", "x")).program())
                .isEmpty();
        assertThat(new Browser(Map.of("DISPLAY", ":0", "PATH", ""), "Linux").program())
                .isEmpty();
        assertThat(new Browser(Map.of(), "Mac OS X").program()).contains(java.util.List.of("open"));
        assertThat(new Browser(Map.of("CI", "1"), "Mac OS X").program()).isEmpty();
        assertThat(new Browser(Map.of(), "Windows 11").program()).isPresent();
        assertThat(browser(Map.of()).open(URI.create("http://127.0.0.1/#token=secret")))
                .isFalse();
    }

    @Test
    void theSecretIsInNoArgument() throws Exception {
        Path seen = directory.resolve("seen");
        program("#!/bin/sh\necho \"$@\" > " + seen + ".tmp; cp \"$1\" " + seen + ".html; mv " + seen + ".tmp " + seen
                + "\n");
        assertThat(browser(Map.of("DISPLAY", ":0")).open(URI.create("http://127.0.0.1:8080/#token=secret")))
                .isTrue();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(seen) && System.nanoTime() < end) Thread.sleep(10);
        assertThat(Files.readString(seen)).doesNotContain("secret").contains("neurite-open-");
        assertThat(Files.readString(Path.of(seen + ".html"))).contains("url=http://127.0.0.1:8080/#token=secret\"");
    }

    @Test
    void onlyTheUserCanReadTheFile() throws IOException {
        Path page = Browser.write(URI.create("http://127.0.0.1/?a=1&b=2#token=x"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(page)).contains("a=1&amp;b=2");
        Files.delete(page);
    }
}
