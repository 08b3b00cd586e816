/** tcpw: runs a command and prints every socket that it and its descendants use. */
@org.jspecify.annotations.NullMarked
module io.github.tcpw {
  requires com.fasterxml.jackson.core;
  requires de.siegmar.fastcsv;
  requires org.apache.commons.cli;
  requires static org.jspecify;
}
