// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.tcpw.event.SocketEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says an event in one JSON object, on one line (docs/tcpw-events.schema.json).
 *
 * <p>Not thread-safe.
 */
final class JsonFormat implements Format, FieldWriter {
  private final EventFields fields = new EventFields();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final JsonGenerator json;

  JsonFormat() {
    try {
      json =
          new JsonFactoryBuilder()
              .rootValueSeparator("") // the newline after each object is enough
              .build()
              .createGenerator(bytes, JsonEncoding.UTF8);
    } catch (IOException impossible) {
      throw new AssertionError(impossible); // memory takes every byte
    }
  }

  @Override
  public byte[] header() {
    return new byte[0];
  }

  @Override
  public byte[] format(SocketEvent event) {
    try {
      json.writeStartObject();
      fields.write(event, this);
      return endLine();
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** One object on one line. */
  @Override
  public List<byte[]> summary(List<SummaryRow> rows, int width) {
    try {
      json.writeStartObject();
      number("v", EventFields.VERSION);
      text("event", "summary");
      json.writeArrayFieldStart("rows");
      for (SummaryRow row : rows) {
        json.writeStartObject();
        text("comm", row.comm());
        text("direction", EventFields.direction(row.direction()));
        text("endpoint", row.endpoint());
        number("connections", row.connections());
        number("failed", row.failed());
        number("latency_p50_ns", row.latency(50));
        number("latency_p95_ns", row.latency(95));
        number("bytes_sent", row.sent());
        number("bytes_received", row.received());
        json.writeEndObject();
      }
      json.writeEndArray();
      return List.of(endLine());
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private byte[] endLine() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
    byte[] line = bytes.toByteArray();
    bytes.reset();
    return line;
  }

  @Override
  public void text(String name, @Nullable String value) throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeStringField(name, value);
    }
  }

  @Override
  public void number(String name, long value) throws IOException {
    if (value < 0) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
  }

  @Override
  public void flag(String name, @Nullable Boolean value) throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeBooleanField(name, value);
    }
  }

  @Override
  public void begin(String name) throws IOException {
    json.writeObjectFieldStart(name);
  }

  @Override
  public void end() throws IOException {
    json.writeEndObject();
  }

  @Override
  public void none(String name) throws IOException {
    json.writeNullField(name);
  }
}
