@echo off
rem Starts neurite on Windows, from a release: this file is bin\neurite.cmd, beside lib. Needs a JDK 25 with the Vector API
rem in JAVA_HOME or on the PATH. The launcher for Linux and macOS is neurite; both give the JVM the options of lib\jvm.options.
setlocal
set "lib=%~dp0..\lib"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
rem The collector that takes the least memory, for language models; neurite says why.
set "collector="
if "%~1"=="chat" set "collector=-XX:+UseSerialGC -Xmn32m"
if "%~1"=="generate" set "collector=-XX:+UseSerialGC -Xmn32m"
echo "%NEURITE_JAVA_OPTS% %JDK_JAVA_OPTIONS% %JAVA_TOOL_OPTIONS%" | findstr /r /c:"+Use.*GC" >nul && set "collector="
"%java%" --add-modules jdk.incubator.vector "@%lib%\jvm.options" %collector% %NEURITE_JAVA_OPTS% -cp "%lib%\*" dev.neurite.cli.Main %*
