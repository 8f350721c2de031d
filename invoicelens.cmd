@echo off
rem Starts InvoiceLens from a checkout on Windows: builds when there is no build, runs.
rem JAVA_HOME must name a JDK 25 or newer.
setlocal
set "HERE=%~dp0"
if "%HERE:~-1%"=="\" set "HERE=%HERE:~0,-1%"
if not exist "%JAVA_HOME%\bin\javac.exe" (
  echo invoicelens: a JDK 25 or newer is needed; install one and set JAVA_HOME to it. 1>&2
  exit /b 1
)
pushd "%HERE%"
call mvnw.cmd -q -B process-classes 1>&2
if errorlevel 1 (
  popd
  echo invoicelens: the build failed; the lines above say why. 1>&2
  exit /b 1
)
popd
if not defined CUDA_DEVICE_ORDER set "CUDA_DEVICE_ORDER=PCI_BUS_ID"
set /p LIBRARIES=<"%HERE%\target\classpath.txt"
for /d %%D in ("%HERE%\target\javafx-*") do set "FX=%%D"
"%JAVA_HOME%\bin\java.exe" -Xms16m -XX:MaxRAM=8g -XX:GCTimeRatio=4 --module-path="%FX%" --add-modules=javafx.controls,javafx.swing,jdk.incubator.vector --add-opens=javafx.graphics/javafx.scene=ALL-UNNAMED --enable-native-access=ALL-UNNAMED,javafx.graphics -Dinvoicelens.home="%HERE%" -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 %INVOICELENS_JAVA_OPTIONS% -classpath "%HERE%\target\classes;%LIBRARIES%" org.invoicelens.Main %*
exit /b %ERRORLEVEL%
