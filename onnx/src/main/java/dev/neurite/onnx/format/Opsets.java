package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.proto.OperatorSetIdProto;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The versions of the sets of operators that a model uses, by domain.
/// @param versions by domain; ONNX's own is the empty one
record Opsets(Map<String, Integer> versions) {
    private static final int LEAST = 1;
    private static final int MOST = 22;
    private static final String LONG_NAME = "ai.onnx"; // of ONNX's own domain

    /// The sets of operators that a model says it imports.
    /// @throws ModelFormatException if there is none, or ONNX's own is of a version that is not supported
    static Opsets of(List<OperatorSetIdProto> imports, String where) {
        Map<String, Integer> versions = new TreeMap<>();
        for (OperatorSetIdProto each : imports) {
            String domain = domain(each.getDomain());
            long version = each.getVersion();
            if (version < 1 || version > Integer.MAX_VALUE) {
                throw new ModelFormatException(where, "expects an opset from 1, got " + version + of(domain));
            }
            Integer other = versions.put(domain, (int) version);
            if (other != null && other != version) {
                throw new ModelFormatException(
                        where, "expects one opset" + of(domain) + ", got " + other + " and " + version);
            }
        }
        Integer own = versions.get("");
        if (own == null && !versions.isEmpty()) return new Opsets(versions); // all its operators are of other domains
        if (own != null && own >= LEAST && own <= MOST) return new Opsets(versions);
        throw new ModelFormatException(
                where,
                "expects opset " + LEAST + " to " + MOST + " of ONNX's operators, got " + (own == null ? "none" : own),
                own == null ? "" : "Export the model with another opset, or convert it with ONNX's version converter");
    }

    private static String of(String domain) {
        return domain.isEmpty() ? " of ONNX's operators" : " of domain '" + domain + "'";
    }

    /// The domain as nodes have it.
    static String domain(String given) {
        return given.equals(LONG_NAME) ? "" : given;
    }

    /// @throws ModelFormatException if the model does not import that domain
    int version(String domain, String where) {
        Integer version = versions.get(domain);
        if (version != null) return version;
        throw new ModelFormatException(where, "expects a domain that the model imports, got '" + domain + "'");
    }
}
