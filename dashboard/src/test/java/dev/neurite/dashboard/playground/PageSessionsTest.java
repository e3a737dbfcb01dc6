package dev.neurite.dashboard.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageSessionsTest {
    private final List<String> ended = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    @Test
    void endsTheLeastRecentlyUsedPageWhenThereAreTooMany() {
        try (var pages = new PageSessions<String>(ended::add, () -> now)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < PageSessions.MOST; i++) ids.add(pages.open("page " + i));
            assertThat(pages.use(ids.getFirst())).contains("page 0"); // now page 1 is the oldest
            String more = pages.open("one more");
            assertThat(ended).containsExactly("page 1");
            assertThat(pages.use(ids.get(1))).isEmpty();
            assertThat(pages.use(more)).contains("one more");
            assertThat(pages.count()).isEqualTo(PageSessions.MOST);
        }
        assertThat(ended).hasSize(PageSessions.MOST + 1);
    }

    @Test
    void endsPagesThatNobodyUses() {
        try (var pages = new PageSessions<String>(ended::add, () -> now)) {
            pages.open("forgotten");
            String used = pages.open("used");
            now = now.plus(PageSessions.IDLE);
            pages.use(used);
            now = now.plusSeconds(1);
            pages.sweep();
            assertThat(ended).containsExactly("forgotten");
            assertThat(pages.count()).isEqualTo(1);
        }
    }

    @Test
    void idsAreNotGuessedAndEndOnce() {
        var pages = new PageSessions<String>(ended::add, () -> now);
        String id = pages.open("a");
        assertThat(id).hasSize(32).isNotEqualTo(pages.open("b"));
        pages.end(id);
        pages.end(id);
        assertThat(ended).containsExactly("a");
        pages.close();
        assertThat(ended).containsExactly("a", "b");
        assertThatThrownBy(() -> pages.open("c")).isInstanceOf(IllegalStateException.class);
    }
}
