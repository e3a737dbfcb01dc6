package dev.neurite.cli.console;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Opens a page in the browser of the person at this machine, where there is one: not on a machine
/// without a screen, over SSH, or in continuous integration.
///
/// The address has a secret, and all users of a machine see the arguments of its programs. So the
/// browser is given a file that only this user can read, which leads to the address.
public final class Browser {
    private static final String OPEN = "neurite-open-";

    private final Map<String, String> environment;
    private final String system;

    /// @param environment the environment variables
    /// @param system the name of the operating system, as of the property `os.name`
    Browser(Map<String, String> environment, String system) {
        this.environment = environment;
        this.system = system.toLowerCase(Locale.ROOT);
    }

    /// The browser of this machine.
    public static Browser of(Console io) {
        return new Browser(io.environment(), System.getProperty("os.name", ""));
    }

    /// The program that opens a file, and its first arguments; empty if there is nobody to see it.
    Optional<List<String>> program() {
        boolean nobody = Stream.of("CI", "SSH_CONNECTION", "SSH_TTY").anyMatch(this::has);
        if (nobody) return Optional.empty();
        if (system.startsWith("mac")) return Optional.of(List.of("open"));
        if (system.startsWith("windows")) return Optional.of(List.of("rundll32", "url.dll,FileProtocolHandler"));
        boolean screen = has("DISPLAY") || has("WAYLAND_DISPLAY");
        return screen ? onPath("xdg-open").map(List::of) : Optional.empty();
    }

    private boolean has(String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }

    private Optional<String> onPath(String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(each -> !each.isEmpty())
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /// Opens an address. Does not wait for the browser.
    /// @return whether there is a browser that was asked to
    public boolean open(URI address) {
        Optional<List<String>> program = program();
        if (program.isEmpty()) return false;
        try {
            Path page = write(address);
            List<String> words = Stream.concat(program.get().stream(), Stream.of(page.toString()))
                    .toList();
            new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return true;
        } catch (IOException _) {
            return false; // the address is printed
        }
    }

    /// A page that leads to the address; only this user can read it. It is deleted when the program
    /// ends.
    static Path write(URI address) throws IOException {
        boolean posix = File.separatorChar == '/';
        Path page = posix
                ? Files.createTempFile(
                        OPEN,
                        ".html",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(OPEN, ".html");
        page.toFile().deleteOnExit();
        String target =
                address.toString().replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
        return Files.writeString(
                page,
                "<!doctype html><meta charset=\"utf-8\"><title>Neurite</title>"
                        + "<meta http-equiv=\"refresh\" content=\"0; url=" + target + "\">"
                        + "<p><a href=\"" + target + "\">To the page</a></p>\n");
    }
}
