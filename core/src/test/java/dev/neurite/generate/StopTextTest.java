package dev.neurite.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StopTextTest {
    @Test
    void aTextEndsBeforeTheFirstStopHoweverItIsCut() {
        check("one. two. three", "one", ".", "two");
        check("aaab then", "", "aaab");
        check("xaaaab", "xa", "aaab");
        check("aab aac", "aab ", "aac", "aad");
        check("abcd", "ab", "cd", "bce");
        check("nothing comes", null, "nothing comes.", "q");
        check("no stops", null);
        check("🙂🙃!", "🙂", "🙃");
    }

    /// @param expected null if no stop comes
    private static void check(String text, @Nullable String expected, String... stops) {
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                var out = new StringBuilder();
                var stopped = new StopText(List.of(stops), out::append);
                boolean stop = stopped.add(text.substring(0, first))
                        || stopped.add(text.substring(first, second))
                        || stopped.add(text.substring(second));
                if (!stop) stopped.end();
                assertThat(stop).as(text).isEqualTo(expected != null);
                assertThat(out.toString()).as(text).isEqualTo(expected == null ? text : expected);
            }
        }
    }

    @Test
    void onlyTheBeginningOfAStopIsHeldBack() {
        var out = new StringBuilder();
        var text = new StopText(List.of("stop"), out::append);
        text.add("a st");
        assertThat(out.toString()).isEqualTo("a ");
        text.add("a");
        assertThat(out.toString()).isEqualTo("a sta");
    }
}
