package dev.neurite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RehearsalTest {
    @TempDir
    Path temp;

    /// The engine that `doctor` names, in a JVM with these options.
    private String engine(String... options) throws Exception {
        Process process = CliProcess.start(temp, List.of(options), "doctor", "--json", "--seconds", "0");
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(temp.resolve("err")))
                .isZero();
        return String.valueOf(JsonText.object(printed).get("engine"));
    }

    @Test
    void vectorsAreLoadedLateAsTheLauncherAsks() throws Exception {
        boolean present = ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent();
        String export = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";
        assertThat(engine(export, "-Dneurite.vectors=late")).startsWith(present ? "vector" : "scalar");
        assertThat(engine("-Dneurite.vectors=late")).isEqualTo("scalar"); // the JVM does not let it
    }

    @Test
    void itsCommandsWork() throws IOException {
        Rehearsal.main(new String[] {temp.resolve("commands").toString()});
        assertThat(temp.resolve("commands/digits/model.safetensors")).exists();
    }
}
