// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static java.util.Objects.requireNonNull;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Holds lines of JSON against docs/tcpw-events.schema.json. */
public final class EventSchema {
  private static final Schema SCHEMA = load();

  private EventSchema() {}

  /** What is wrong with a line; empty if nothing is. */
  public static List<String> violations(String line) {
    return SCHEMA.validate(line, InputFormat.JSON).stream().map(Error::toString).toList();
  }

  private static Schema load() {
    try (InputStream schema =
        requireNonNull(EventSchema.class.getResourceAsStream("/tcpw-events.schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(schema, InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
