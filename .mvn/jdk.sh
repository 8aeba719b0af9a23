# Sourced by the scripts at the root: finds a JDK 25 and exports JAVA_HOME, or says in one line how to get one.
# Asks JAVA_HOME first, then `java` on the PATH, then the places where packages put JDKs.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null
}

find_jdk_25() {
  local candidate
  for candidate in "${JAVA_HOME:-}" \
      "$(dirname "$(dirname "$(readlink -f "$(command -v java || true)" 2>/dev/null || true)")" 2>/dev/null)" \
      /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/25* \
      "$HOME"/.jdks/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "caretaker: no JDK 25 found; install one (Temurin: https://adoptium.net/temurin/releases/?version=25, or 'apt-get install temurin-25-jdk') or set JAVA_HOME to it" >&2
  return 1
}

need_maven() {
  # A library of Debian's Maven uses what JDK 25 warns of in four lines at each start.
  export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
  command -v mvn >/dev/null && return 0
  echo "caretaker: Maven is not installed; 'apt-get install maven' or https://maven.apache.org/install.html" >&2
  return 1
}
