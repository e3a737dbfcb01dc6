package dev.neurite.http;

/// A request that cannot be answered as asked. The client gets the status, and a body in the
/// form of the route, see [ProblemForm].
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String path;

    /// A problem.
    /// @param status the status of HTTP, 400 to 599
    /// @param code a word for programs
    /// @param path the value that is wrong, such as `inputs[3]`, or `?name` for a part of the
    /// query; empty if there is none
    /// @param message a sentence for people: what is expected, and what came
    public HttpProblem(int status, String code, String path, String message) {
        super(message);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status: expects 400 to 599, got " + status);
        }
        this.status = status;
        this.code = code;
        this.path = path;
    }

    /// A wrong value: 400.
    public static HttpProblem bad(String path, String message) {
        return new HttpProblem(400, "value", path, message);
    }

    /// Something that does not exist: 404.
    public static HttpProblem missing(String path, String message) {
        return new HttpProblem(404, "missing", path, message);
    }

    /// Something that is not possible now: 409.
    public static HttpProblem conflict(String message) {
        return new HttpProblem(409, "conflict", "", message);
    }

    /// Too much at once: 503. The client may ask again after a second.
    public static HttpProblem busy(String message) {
        return new HttpProblem(503, "busy", "", message);
    }

    public int status() {
        return status;
    }

    /// A word for programs.
    public String code() {
        return code;
    }

    /// The value that is wrong; empty if there is none.
    public String path() {
        return path;
    }
}
