// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A process that runs while the test goes on: tcpw, or a process that it watches. */
final class Background implements AutoCloseable {
  /**
   * What a {@link #target} runs: the lines that it reads, one after the other. A line can have a
   * thread or a child run lines, too.
   */
  private static final String TARGET =
      """
      import os, queue, signal, socket, sys, threading
      class Thread:
          def __init__(self):
              self.lines, self.done = queue.Queue(), queue.Queue()
              threading.Thread(target=self.run, daemon=True).start()
          def run(self):
              while True:
                  exec(self.lines.get(), globals())
                  self.done.put(None)
          def do(self, line):
              self.lines.put(line)
              self.done.get()
      class Child:
          def __init__(self):
              read, self.write = os.pipe()
              self.read, write = os.pipe()
              self.pid = os.fork()
              if self.pid == 0:
                  os.close(self.write)
                  while line := os.read(read, 65536):
                      exec(line, globals())
                      os.write(write, b"!")
                  os._exit(0)
              os.close(read)
              os.close(write)
          def do(self, line):
              os.write(self.write, line.encode())
              assert os.read(self.read, 1) == b"!"
      for line in sys.stdin:
          result = ""
          exec(line)
          print(result, flush=True)
      """;

  private final List<String> command;
  private final Path directory;
  private final Path out;
  private final Path err;
  private final Process process;

  private Background(boolean isTarget, List<String> command) {
    this.command = command;
    try {
      directory = Files.createTempDirectory("tcpw-test");
      out = directory.resolve("stdout");
      err = directory.resolve("stderr");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(isTarget ? Redirect.PIPE : Redirect.to(out.toFile()))
              .redirectError(err.toFile());
      builder.environment().put("PATH", Tcpw.PATH);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code tcpw WORD...} */
  static Background tcpw(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addFirst(Tcpw.EXECUTABLE);
    return new Background(false, command);
  }

  /** A process, outside of tcpw, that does what it is told. */
  static Background target() {
    return new Background(true, List.of("python3", "-IS", "-c", TARGET));
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /**
   * Has a target run a line of Python.
   *
   * @return what the line has left in {@code result}
   */
  String does(String line) {
    try {
      Writer writer = process.outputWriter();
      writer.write(line + "\n");
      writer.flush();
      BufferedReader reader = process.inputReader();
      String answer = reader.readLine();
      assertThat(answer).as("%s: %s", line, stderr()).isNotNull();
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(line + ": " + stderr(), e);
    }
  }

  /** The number that a line of Python has left in {@code result}. */
  int number(String line) {
    return Integer.parseInt(does(line));
  }

  /** Ends a target, which has nothing more to do. */
  void leave() throws IOException, InterruptedException {
    process.outputWriter().close();
    process.waitFor();
  }

  /** The lines of JSON on stderr so far. */
  List<JsonLine> events() {
    String text = stderr();
    return JsonLine.parseAll(text.substring(0, text.lastIndexOf('\n') + 1));
  }

  /** Waits until there is such an event. */
  Background shows(Predicate<JsonLine> event) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Tcpw.TIMEOUT_SECONDS);
    while (events().stream().noneMatch(event)) {
      boolean isOver = !process.isAlive() || System.nanoTime() > deadline;
      if (isOver && events().stream().noneMatch(event)) {
        throw new AssertionError("not shown by " + command + ":\n" + stderr());
      }
      LockSupport.parkNanos(10_000_000);
    }
    return this;
  }

  /** Sends a signal, by its name. */
  Background signal(String name) {
    Tool.run("bash", "-c", "kill -" + name + " " + process.pid());
    return this;
  }

  /** Waits until it has ended. */
  Run end() {
    try {
      if (!process.waitFor(Tcpw.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + command + "\n" + stderr());
      }
      return new Run(command, process.exitValue(), read(out), stderr());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String stderr() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    try {
      process.destroyForcibly().waitFor();
      Files.deleteIfExists(out);
      Files.delete(err);
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
