// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that are running already: {@code -p} and {@code -a}. */
class WatchIT {
  /** A listening socket. What is listed is shown once tcpw sees all that happens. */
  private static final String LISTEN =
      "server = socket.create_server(('127.0.0.1', 0)); result = server.getsockname()[1]";

  private HttpPeer peer;
  private Background target;
  private final List<Background> others = new ArrayList<>();

  WatchIT() {
    Tcpw.needsBpf("a filter is installed by the process itself, so none that runs is traced");
  }

  @BeforeEach
  void start() {
    peer = new HttpPeer("127.0.0.1");
    target = Background.target();
  }

  @AfterEach
  void stop() {
    others.forEach(Background::close);
    target.close();
    peer.close();
  }

  private Background another(Background process) {
    others.add(process);
    return process;
  }

  private Background watch(String... words) {
    List<String> command = new ArrayList<>(List.of("--format", "json"));
    command.addAll(List.of(words));
    return another(Background.tcpw(command.toArray(String[]::new)));
  }

  private String watched() {
    return Integer.toString(target.pid());
  }

  private static boolean listens(JsonLine event, int port) {
    return event.event().equals("found") && event.localPort() == port;
  }

  /** A line of Python that connects to the peer. */
  private String connect(String name) {
    return name
        + " = socket.create_connection(('127.0.0.1', "
        + peer.port()
        + ")); result = "
        + name
        + ".getsockname()[1]";
  }

  @Test
  void socketsThatAreThereAreListedFirst() throws Exception {
    int listening = target.number(LISTEN);
    int client =
        target.number("c = socket.create_connection(server.getsockname());" + ports("c", 1));
    target.does("s = server.accept()[0]");
    int udp =
        target.number(
            "u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0));" + ports("u", 1));
    int udp6 =
        target.number(
            "v = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); v.connect(('::1', 9));"
                + ports("v", 1));
    String name = "tcpw-watch-" + target.pid();
    target.does("x = socket.socket(socket.AF_UNIX); x.bind('\\0" + name + "'); x.listen()");
    target.does("socket.socketpair(); unused = socket.socket()");
    // They are the threads' and children's too, which have some of their own besides.
    int ofThread =
        target.number("t = Thread(); t.do('w = socket.create_server((\"127.0.0.1\", 0))');" + W);
    int child = target.number("k = Child(); result = k.pid");
    target.does("k.do('z = socket.create_server((\"127.0.0.1\", 0))')");

    Background tcpw = watch("-U", "-X", "-p", watched());
    tcpw.shows(event -> event.pid() == child);
    target.does(connect("later"));
    tcpw.shows(event -> event.event().equals("connect"));
    target.leave();
    Run run = tcpw.end().exitsWith(0);
    List<JsonLine> events = JsonLine.parseAll(run.stderr());
    assertThat(events.getLast().what()).isEqualTo("connect 127.0.0.1 " + peer.port());
    List<JsonLine> found = events.subList(0, events.size() - 1);
    assertThat(found).as("%s", run).allMatch(event -> event.event().equals("found"));
    assertThat(found.stream().map(event -> event.get("inode"))).doesNotHaveDuplicates();
    assertThat(
            found.stream()
                .filter(event -> event.pid() == target.pid())
                .map(
                    event ->
                        event.get("protocol")
                            + " "
                            + (event.get("path").isEmpty()
                                ? event.localPort() + " " + event.remotePort()
                                : event.get("path"))
                            + " "
                            + event.get("state")))
        .as("%s", run)
        .containsExactlyInAnyOrder(
            "TCP " + listening + " 0 LISTEN",
            "TCP " + client + " " + listening + " ESTABLISHED",
            "TCP " + listening + " " + client + " ESTABLISHED",
            "UDP " + udp + " 0 ",
            "UDPv6 " + udp6 + " 9 ",
            "UNIX-STREAM " + name + " LISTEN",
            "TCP " + ofThread + " 0 LISTEN");
    assertThat(found.stream().filter(event -> event.pid() == child)).as("%s", run).hasSize(1);
  }

  private static final String W = ports("w", 1);

  private static String ports(String socket, int index) {
    return " result = " + socket + ".getsockname()[" + index + "]";
  }

  @Test
  void udpAndUnixSocketsAreNotListedUnlessAskedFor() throws Exception {
    target.does("u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0))");
    target.does("x = socket.socket(socket.AF_UNIX); x.bind(''); x.listen()");
    int port = target.number(LISTEN);
    Background tcpw = watch("-p", watched());
    tcpw.shows(event -> listens(event, port));
    target.leave();
    Run run = tcpw.end().exitsWith(0);
    assertThat(JsonLine.parseAll(run.stderr())).as("%s", run).hasSize(1);
    assertThat(run.printed().lines()).hasSize(1);
  }

  @Test
  void newSocketsOfItsThreadsAndChildrenAreShown() throws Exception {
    int port = target.number(LISTEN);
    int before = target.number("t = Thread(); a = Child(); result = a.pid");
    Background tcpw = watch("-p", watched());
    tcpw.shows(event -> listens(event, port));

    List<Integer> ports = new ArrayList<>();
    ports.add(target.number(connect("c")));
    target.does("t.do(\"" + connect("d") + "\")");
    ports.add(target.number("result = d.getsockname()[1]"));
    target.does("a.do(\"" + connect("e") + "\")");
    int after = target.number("b = Child(); result = b.pid");
    target.does("b.do(\"" + connect("e") + "\")");
    int grandchild = target.number("b.do('f = Child()'); result = b.pid"); // of the child
    target.does("b.do(\"f.do(\\\"" + connect("e").replace("'", "\\'") + "\\\")\")");
    int client = target.number("g = socket.create_connection(server.getsockname());" + G);
    target.does("server.accept()");
    tcpw.shows(event -> event.event().equals("accept"));
    target.leave();

    List<JsonLine> events = JsonLine.parseAll(tcpw.end().exitsWith(0).stderr());
    List<JsonLine> connects =
        events.stream()
            .filter(event -> event.what().equals("connect 127.0.0.1 " + peer.port()))
            .toList();
    assertThat(connects.stream().limit(4).map(JsonLine::pid))
        .as("%s", events)
        .containsExactly(target.pid(), target.pid(), before, after);
    assertThat(connects.stream().limit(2).map(JsonLine::localPort))
        .containsExactlyElementsOf(ports);
    assertThat(connects).hasSize(5);
    assertThat(connects.getLast().pid()).isNotIn(target.pid(), before, grandchild);
    assertThat(peer.clientPorts(5))
        .containsExactlyElementsOf(connects.stream().map(JsonLine::localPort).toList());
    assertThat(events.getLast().what()).isEqualTo("accept 127.0.0.1 " + client);
    assertThat(events.getLast().localPort()).isEqualTo(port);
    assertThat(events).hasSize(8);
  }

  private static final String G = ports("g", 1);

  @Test
  void descendantsOfManyGenerationsAreShown() throws Exception {
    target.does("def deep(n): k = Child(); k.do(f'deep({n - 1})' if n else last); keep.append(k)");
    target.does("keep = []");
    target.does("last = 'server = socket.create_server((\"127.0.0.1\", 0))'");
    target.does("deep(29)");
    Background tcpw = watch("-p", watched());
    tcpw.shows(event -> event.event().equals("found"));
    target.leave();
    Run run = tcpw.end().exitsWith(0);
    assertThat(JsonLine.parseAll(run.stderr())).as("%s", run).hasSize(1);
  }

  @Test
  void endsWhenAllProcessesHaveEnded() throws Exception {
    int port = target.number(LISTEN);
    Background second = another(Background.target());
    int port2 = second.number(LISTEN);
    Background tcpw = watch("-p", watched(), "--pid", Integer.toString(second.pid()));
    tcpw.shows(event -> listens(event, port)).shows(event -> listens(event, port2));
    target.leave();
    second.does(connect("c"));
    tcpw.shows(event -> event.pid() == second.pid() && event.event().equals("connect"));
    second.leave();
    Run run = tcpw.end().exitsWith(0);
    assertThat(JsonLine.parseAll(run.stderr())).as("%s", run).hasSize(3);
    assertThat(run.stdout()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP", "QUIT"})
  void aSignalEndsItWithTheSummary(String signal) {
    int port = target.number(LISTEN);
    Background tcpw = watch("-l", "-s", "-p", watched());
    tcpw.shows(event -> listens(event, port));
    int client = target.number(connect("c"));
    tcpw.shows(event -> event.localPort() == client);
    Run run = tcpw.signal(signal).end().exitsWith(0);
    List<JsonLine> events = JsonLine.parseAll(run.stderr());
    assertThat(
            events.stream()
                .filter(event -> event.event().equals("close"))
                .map(event -> event.localPort() + " " + event.get("ended")))
        .as("%s", run)
        .contains(port + " still-open")
        .anyMatch(event -> event.startsWith(client + " "));
    assertThat(events.getLast().event()).isEqualTo("summary");
    assertThat(events.getLast().get("rows[0].endpoint")).isEqualTo("127.0.0.1:" + peer.port());
    // The process goes on.
    assertThat(target.number(connect("d"))).isPositive();
  }

  @Test
  void aProcessThatIsNoneIsSaidInOneLine() {
    Run run = Tcpw.run("-p", watched(), "-p", "2147483647").exitsWith(125);
    assertThat(run.stderr()).isEqualTo("tcpw: cannot trace process 2147483647: No such process\n");
    assertThat(run.stdout()).isEmpty();
  }

  @Test
  void aThreadIsNoProcess() {
    String thread =
        target.does("t = Thread(); t.do('id = threading.get_native_id()'); result = id");
    Run run = Tcpw.run("-p", thread).exitsWith(125);
    assertThat(run.stderr())
        .isEqualTo(
            "tcpw: cannot trace process "
                + thread
                + ": it is a thread; give the ID of its process\n");
  }

  @Test
  void otherProcessesAreNotShown() throws Exception {
    int port = target.number(LISTEN);
    Background other = another(Background.target());
    other.does(LISTEN);
    Background tcpw = watch("-p", watched());
    tcpw.shows(event -> listens(event, port));
    other.does(connect("c"));
    target.does(connect("c"));
    target.leave();
    Run run = tcpw.end().exitsWith(0);
    assertThat(JsonLine.parseAll(run.stderr()))
        .as("%s", run)
        .hasSize(2)
        .allMatch(event -> event.pid() == target.pid());
  }

  @Test
  void inAPidNamespaceTheNumbersAreThatNamespaces() {
    Run run =
        Tcpw.shell(
            """
            unshare --pid --fork --mount-proc bash -c '
            d=$(mktemp -d)
            mkfifo $d/go
            python3 -IS -c "import socket, sys
            server = socket.create_server((\\"127.0.0.1\\", 0))
            open(sys.argv[1]).read()
            socket.create_connection(server.getsockname())" $d/go &
            target=$!
            # It listens before it opens the pipe.
            exec 3>$d/go
            "$0" --format json -p $target 2>$d/out 3>&- &
            while kill -0 $! && ! grep -q found $d/out; do sleep 0.1; done
            exec 3>&-
            wait $!
            echo $target $?
            cat $d/out >&2
            rm -r $d' $tcpw
            """);
    String[] words = run.stdout().strip().split(" ");
    assertThat(words[1]).as("%s", run).isEqualTo("0");
    assertThat(Integer.parseInt(words[0])).isLessThan(50);
    assertThat(JsonLine.parseAll(run.stderr()).stream().map(e -> e.event() + " " + e.get("pid")))
        .as("%s", run)
        .containsExactly("found " + words[0], "connect " + words[0]);
  }

  @Test
  void allShowsEveryProcessUntilASignal() {
    Background tcpw = watch("--all", "--port", Integer.toString(peer.port()));
    // Nothing is listed, so nothing tells that it has begun.
    Background other = another(Background.target());
    List<Integer> pids = List.of(target.pid(), other.pid());
    while (!tcpw.events().stream().map(JsonLine::pid).toList().containsAll(pids)) {
      target.does(connect("c"));
      other.does(connect("c"));
    }
    Run run = tcpw.signal("INT").end().exitsWith(0);
    // The peer is one of all processes.
    assertThat(JsonLine.parseAll(run.stderr()).stream().map(JsonLine::event).distinct())
        .as("%s", run)
        .containsExactlyInAnyOrder("connect", "accept");
  }
}
