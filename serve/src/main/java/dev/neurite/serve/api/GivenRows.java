package dev.neurite.serve.api;

import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.http.HttpProblem;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The raw rows of a request.
/// @param raws each as `Predictor` takes it
/// @param alone whether one row was given, not a list; then the answer is one, too
/// @param places names a row in problems: its path in JSON, its line in a file
record GivenRows(List<Object> raws, boolean alone, IntFunction<String> places) {
    /// The largest number of rows of a request.
    static final int MOST = 10_000;

    private static final Pattern COLUMN = Pattern.compile("column '(.+)'$");

    /// @throws HttpProblem 400 for no rows, 413 for too many
    GivenRows {
        raws = List.copyOf(raws);
        requireCount(raws.size());
    }

    /// @throws HttpProblem 400 for no rows, 413 for too many
    static void requireCount(int rows) {
        if (rows == 0) throw HttpProblem.bad("", "expects at least 1 row, got none");
        if (rows > MOST) throw new HttpProblem(413, "rows", "", "expects at most " + MOST + " rows, got " + rows);
    }

    /// One row, in JSON or alone in a body.
    static GivenRows one(Object raw) {
        return new GivenRows(List.of(raw), true, _ -> "");
    }

    /// A list of JSON.
    static GivenRows list(List<Object> raws) {
        return new GivenRows(raws, false, row -> "[" + row + "]");
    }

    /// The problem of a row that the model refuses.
    /// @param row from 0
    HttpProblem problem(int row, NeuriteException refused) {
        String place = places.apply(row);
        Matcher column = COLUMN.matcher(refused.where());
        boolean named = column.find();
        String name = named ? column.group(1) : "";
        String path = named ? JsonPaths.member(place, name) : place;
        String where = (alone ? "row" : "row " + row + " (from 0)") + (named ? ", column '" + name + "'" : "");
        String message = String.valueOf(new DataException(where, refused.problem(), refused.hint()).getMessage());
        return new HttpProblem(400, "data", path, message);
    }
}
