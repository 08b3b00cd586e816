// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static io.github.tcpw.CFacts.c;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The numbers that stand for C's own here, against the compiler's. */
class LayoutTest {
  @Test
  void spawnAttributes() {
    assertThat(ChildProcess.SIZE_OF_SPAWNATTR).isEqualTo((int) c("sizeof(posix_spawnattr_t)"));
    assertThat(ChildProcess.POSIX_SPAWN_SETSIGDEF).isEqualTo((short) c("POSIX_SPAWN_SETSIGDEF"));
    assertThat(ChildProcess.POSIX_SPAWN_SETSIGMASK).isEqualTo((short) c("POSIX_SPAWN_SETSIGMASK"));
    assertThat(ChildProcess.SIG_DFL).isEqualTo(c("(long)SIG_DFL"));
    assertThat(ChildProcess.SIG_IGN).isEqualTo(c("(long)SIG_IGN"));
  }

  @Test
  void sharedLibrary() {
    assertThat(SharedLibrary.RTLD_LAZY).isEqualTo((int) c("RTLD_LAZY"));
  }

  @Test
  void signalDescriptor() {
    assertThat(SignalDescriptor.SIZE_OF_SIGINFO)
        .isEqualTo((int) c("sizeof(struct signalfd_siginfo)"));
    assertThat(SignalDescriptor.SIGNO).isEqualTo(c("offsetof(struct signalfd_siginfo, ssi_signo)"));
    assertThat(SignalDescriptor.CODE).isEqualTo(c("offsetof(struct signalfd_siginfo, ssi_code)"));
    assertThat(SignalDescriptor.SI_KERNEL).isEqualTo((int) c("SI_KERNEL"));
    assertThat(SignalDescriptor.SFD_CLOEXEC).isEqualTo((int) c("SFD_CLOEXEC"));
    assertThat(SignalDescriptor.SFD_NONBLOCK).isEqualTo((int) c("SFD_NONBLOCK"));
  }

  @Test
  void poll() {
    assertThat(Poll.SIZE).isEqualTo(c("sizeof(struct pollfd)"));
    assertThat(c("offsetof(struct pollfd, fd)")).isZero();
    assertThat(Poll.EVENTS).isEqualTo(c("offsetof(struct pollfd, events)"));
    assertThat(Poll.REVENTS).isEqualTo(c("offsetof(struct pollfd, revents)"));
    assertThat(Poll.SIZE_OF_TIMESPEC).isEqualTo(c("sizeof(struct timespec)"));
    assertThat(c("offsetof(struct timespec, tv_sec)")).isZero();
    assertThat(Poll.TV_NSEC).isEqualTo(c("offsetof(struct timespec, tv_nsec)"));
    assertThat(Poll.POLLIN).isEqualTo((short) c("POLLIN"));
    assertThat(Poll.POLLOUT).isEqualTo((short) c("POLLOUT"));
  }

  @Test
  void time() {
    assertThat(LocalTime.SIZE_OF_TM).isEqualTo((int) c("sizeof(struct tm)"));
    assertThat(c("sizeof(time_t)")).isEqualTo(8);
    assertThat(WallClock.CLOCK_REALTIME).isEqualTo((int) c("CLOCK_REALTIME"));
    assertThat(WallClock.SIZE_OF_TIMESPEC).isEqualTo((int) c("sizeof(struct timespec)"));
    assertThat(c("offsetof(struct timespec, tv_sec)")).isZero();
    assertThat(c("offsetof(struct timespec, tv_nsec)")).isEqualTo(8);
  }

  @Test
  void ipv6Text() {
    assertThat(Inet6Text.AF_INET6).isEqualTo((int) c("AF_INET6"));
    assertThat(Inet6Text.INET6_ADDRSTRLEN).isEqualTo((int) c("INET6_ADDRSTRLEN"));
  }

  @Test
  void terminal() {
    assertThat(Terminal.TIOCGWINSZ).isEqualTo(c("TIOCGWINSZ"));
    assertThat(Terminal.SIZE_OF_WINSIZE).isEqualTo((int) c("sizeof(struct winsize)"));
    assertThat(Terminal.COLUMNS).isEqualTo((int) c("offsetof(struct winsize, ws_col)"));
  }

  @Test
  void auxiliaryVector() {
    assertThat(User.AT_SECURE).isEqualTo((int) c("AT_SECURE"));
  }

  @Test
  void passwordEntry() {
    assertThat(Account.SIZE_OF_PASSWD).isEqualTo((int) c("sizeof(struct passwd)"));
    assertThat(Account.PW_NAME).isEqualTo(c("offsetof(struct passwd, pw_name)"));
    assertThat(Account.PW_UID).isEqualTo(c("offsetof(struct passwd, pw_uid)"));
    assertThat(Account.PW_GID).isEqualTo(c("offsetof(struct passwd, pw_gid)"));
    assertThat(Account.MOST_GROUPS).isEqualTo((int) c("NGROUPS_MAX"));
  }

  @Test
  void openFlags() {
    assertThat(Descriptor.O_WRONLY).isEqualTo((int) c("O_WRONLY"));
    assertThat(Descriptor.O_CREAT).isEqualTo((int) c("O_CREAT"));
    assertThat(Descriptor.O_APPEND).isEqualTo((int) c("O_APPEND"));
    assertThat(Descriptor.O_CLOEXEC).isEqualTo((int) c("O_CLOEXEC"));
  }

  @Test
  void signals() {
    assertThat(SignalSet.SIZE_OF_SIGSET).isEqualTo((int) c("sizeof(sigset_t)"));
    assertThat(SignalSet.SIGHUP).isEqualTo((int) c("SIGHUP"));
    assertThat(SignalSet.SIGINT).isEqualTo((int) c("SIGINT"));
    assertThat(SignalSet.SIGQUIT).isEqualTo((int) c("SIGQUIT"));
    assertThat(SignalSet.SIGILL).isEqualTo((int) c("SIGILL"));
    assertThat(SignalSet.SIGBUS).isEqualTo((int) c("SIGBUS"));
    assertThat(SignalSet.SIGFPE).isEqualTo((int) c("SIGFPE"));
    assertThat(SignalSet.SIGKILL).isEqualTo((int) c("SIGKILL"));
    assertThat(SignalSet.SIGSEGV).isEqualTo((int) c("SIGSEGV"));
    assertThat(SignalSet.SIGPIPE).isEqualTo((int) c("SIGPIPE"));
    assertThat(SignalSet.SIGTERM).isEqualTo((int) c("SIGTERM"));
    assertThat(SignalSet.SIGCHLD).isEqualTo((int) c("SIGCHLD"));
    assertThat(SignalSet.SIGSTOP).isEqualTo((int) c("SIGSTOP"));
    assertThat(SignalSet.SIGTSTP).isEqualTo((int) c("SIGTSTP"));
    assertThat(SignalSet.SIGTTIN).isEqualTo((int) c("SIGTTIN"));
    assertThat(SignalSet.SIGTTOU).isEqualTo((int) c("SIGTTOU"));
    assertThat(JobControl.SIG_BLOCK).isEqualTo((int) c("SIG_BLOCK"));
    assertThat(JobControl.SIG_UNBLOCK).isEqualTo((int) c("SIG_UNBLOCK"));
  }

  @Test
  void socketDiagnosis() {
    assertThat(SocketDiagnosis.AF_NETLINK).isEqualTo((int) c("AF_NETLINK"));
    assertThat(SocketDiagnosis.NETLINK_SOCK_DIAG).isEqualTo((int) c("NETLINK_SOCK_DIAG"));
    assertThat(SocketDiagnosis.SOCK_RAW_CLOEXEC).isEqualTo((int) c("SOCK_RAW | SOCK_CLOEXEC"));
    assertThat(SocketDiagnosis.SIZE_OF_SOCKADDR_NL)
        .isEqualTo((int) c("sizeof(struct sockaddr_nl)"));
    assertThat(SocketDiagnosis.SIZE_OF_HEADER).isEqualTo((int) c("sizeof(struct nlmsghdr)"));
    assertThat(c("offsetof(struct nlmsghdr, nlmsg_type)")).isEqualTo(4);
    assertThat(c("offsetof(struct nlmsghdr, nlmsg_flags)")).isEqualTo(6);
    assertThat(c("offsetof(struct nlmsghdr, nlmsg_seq)")).isEqualTo(8);
    assertThat(SocketDiagnosis.SIZE_OF_ATTRIBUTE).isEqualTo((int) c("sizeof(struct nlattr)"));
    assertThat(c("offsetof(struct nlattr, nla_type)")).isEqualTo(2);
    assertThat(SocketDiagnosis.NLM_F_REQUEST).isEqualTo((int) c("NLM_F_REQUEST"));
    assertThat(SocketDiagnosis.NLM_F_DUMP).isEqualTo((int) c("NLM_F_DUMP"));
    assertThat(SocketDiagnosis.NLMSG_ERROR).isEqualTo((int) c("NLMSG_ERROR"));
    assertThat(SocketDiagnosis.NLMSG_DONE).isEqualTo((int) c("NLMSG_DONE"));
    assertThat(SocketDiagnosis.SOCK_DIAG_BY_FAMILY).isEqualTo((int) c("SOCK_DIAG_BY_FAMILY"));
  }

  @Test
  void errorNumbers() {
    assertThat(Errno.EPERM).isEqualTo((int) c("EPERM"));
    assertThat(Errno.ENOENT).isEqualTo((int) c("ENOENT"));
    assertThat(Errno.ESRCH).isEqualTo((int) c("ESRCH"));
    assertThat(Errno.EINTR).isEqualTo((int) c("EINTR"));
    assertThat(Errno.EBADF).isEqualTo((int) c("EBADF"));
    assertThat(Errno.ECHILD).isEqualTo((int) c("ECHILD"));
    assertThat(Errno.EAGAIN).isEqualTo((int) c("EAGAIN"));
    assertThat(Errno.ENOMEM).isEqualTo((int) c("ENOMEM"));
    assertThat(Errno.EACCES).isEqualTo((int) c("EACCES"));
    assertThat(Errno.EINVAL).isEqualTo((int) c("EINVAL"));
    assertThat(Errno.ENOSPC).isEqualTo((int) c("ENOSPC"));
    assertThat(Errno.ERANGE).isEqualTo((int) c("ERANGE"));
    assertThat(Errno.ENOSYS).isEqualTo((int) c("ENOSYS"));
    assertThat(Errno.EPIPE).isEqualTo((int) c("EPIPE"));
    assertThat(Errno.EINPROGRESS).isEqualTo((int) c("EINPROGRESS"));
  }
}
