package dev.neurite.dashboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.Route;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RunsResourceTest {
    /// The list reads files of others; on a virtual thread that could keep event streams waiting.
    @Test
    void theListOfRunsIsReadByTheThreadsThatCompute() {
        assertThat(new RunsResource(new Runs(Optional.empty()), "1").routes())
                .isNotEmpty()
                .allMatch(Route::heavy);
    }
}
