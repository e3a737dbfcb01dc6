package dev.neurite.dashboard.report;

import dev.neurite.error.Escapes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Writes HTML that is also well-formed XML. All texts are escaped: names of classes, columns and files come from data.
final class Html {
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /// @param attributes names and values in turn
    Html open(String tag, String... attributes) {
        begin(tag, attributes).append('>');
        open.push(tag);
        return this;
    }

    Html close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /// @param attributes names and values in turn
    Html element(String tag, String text, String... attributes) {
        begin(tag, attributes)
                .append('>')
                .append(escaped(text))
                .append("</")
                .append(tag)
                .append(">\n");
        return this;
    }

    /// An element without content, such as `img`.
    /// @param attributes names and values in turn
    Html single(String tag, String... attributes) {
        begin(tag, attributes).append("/>\n");
        return this;
    }

    private StringBuilder begin(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
        return out;
    }

    Html text(String text) {
        out.append(escaped(text));
        return this;
    }

    /// Markup that is already safe: a chart, the style sheet.
    Html markup(String markup) {
        out.append(markup);
        return this;
    }

    /// A column of a table.
    /// @param number whether its cells are numbers, which are aligned to the right
    record Column(String head, boolean number) {
        static Column text(String head) {
            return new Column(head, false);
        }

        static Column number(String head) {
            return new Column(head, true);
        }
    }

    /// A table; the first cell of a row is its heading.
    Html table(String caption, List<Column> columns, List<List<String>> rows) {
        open("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", caption);
        open("table").element("caption", caption);
        open("thead").open("tr");
        for (Column each : columns) {
            element("th", each.head(), "scope", "col", "class", each.number() ? "number" : "text");
        }
        close().close().open("tbody");
        for (List<String> row : rows) {
            open("tr");
            for (int i = 0; i < row.size(); i++) {
                String kind = columns.get(i).number() ? "number" : "text";
                if (i == 0) element("th", row.get(i), "scope", "row", "class", kind);
                else element("td", row.get(i), "class", kind);
            }
            close();
        }
        return close().close().close();
    }

    /// The text so far.
    /// @throws IllegalStateException if an element is open
    @Override
    public String toString() {
        if (!open.isEmpty()) throw new IllegalStateException("open elements: " + open);
        return out.toString();
    }

    /// A text as content or attribute. Characters that XML does not allow, and those that change what a page shows
    /// around them, become escapes as in [Escapes]; line ends and tabs stay.
    static String escaped(String text) {
        return Escapes.escape(text, "\n\t")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;")
                .replace("\uFFFE", "\\ufffe")
                .replace("\uFFFF", "\\uffff");
    }
}
