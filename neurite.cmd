@echo off
rem Starts neurite on Windows, from a release: this file is bin\neurite.cmd, beside lib. Needs a JDK 25 with the Vector API
rem in JAVA_HOME or on the PATH. The launcher for Linux and macOS is neurite; both give the JVM the options of lib\jvm.options.
setlocal
set "lib=%~dp0..\lib"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" --add-modules jdk.incubator.vector "@%lib%\jvm.options" %NEURITE_JAVA_OPTS% -cp "%lib%\*" dev.neurite.cli.Main %*
