// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of {@code --format json}, taken apart.
 *
 * @param text the line
 * @param fields by their path ({@code remote.port}, {@code rows[0].comm}), without those that are
 *     null
 */
record JsonLine(String text, Map<String, String> fields) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * The lines that are JSON, of text whose chars are bytes.
   *
   * @throws UncheckedIOException if one only begins like JSON
   */
  static List<JsonLine> parseAll(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(JsonLine::parse)
        .toList();
  }

  private static JsonLine parse(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(line)) {
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
          String path = parser.getParsingContext().pathAsPointer().toString();
          fields.put(
              path.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.'), parser.getText());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
    return new JsonLine(line, fields);
  }

  /** A field; empty if it is null, or there is none. */
  String get(String field) {
    return fields.getOrDefault(field, "");
  }

  /** A field that is a number. */
  long number(String field) {
    return Long.parseLong(get(field));
  }

  /** Which event it is. */
  String event() {
    return get("event");
  }

  /** The process. */
  int pid() {
    return Integer.parseInt(get("pid"));
  }

  /** The port of the local end; 0 if there is none. */
  int localPort() {
    return port("local.port");
  }

  /** The port of the remote end; 0 if there is none. */
  int remotePort() {
    return port("remote.port");
  }

  private int port(String field) {
    return get(field).isEmpty() ? 0 : Integer.parseInt(get(field));
  }

  /** What happened to whom: {@code connect 127.0.0.1 80 ECONNREFUSED}, with the remote end. */
  String what() {
    return (event() + " " + get("remote.address") + " " + get("remote.port") + " " + get("error"))
        .strip()
        .replaceAll(" +", " ");
  }

  @Override
  public String toString() {
    return text;
  }
}
