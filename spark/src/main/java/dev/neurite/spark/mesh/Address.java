package dev.neurite.spark.mesh;

import dev.neurite.error.ConfigException;
import java.net.InetSocketAddress;

/// Where a worker listens.
/// @param host a name or an address, as other machines know it
/// @param port from 1 to 65535
public record Address(String host, int port) {
    /// @throws ConfigException for another port, or without a host
    public Address {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new ConfigException("address of a worker", "expects host:port, got " + host + ":" + port);
        }
    }

    /// The address for a socket. An IPv6 address may have brackets.
    InetSocketAddress socket() {
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        return new InetSocketAddress(brackets ? host.substring(1, host.length() - 1) : host, port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
