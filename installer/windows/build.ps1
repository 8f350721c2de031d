# Builds the .msi of InvoiceLens on Windows, into target\installers. Needs a JDK 25 (JAVA_HOME) and
# the WiX Toolset 3, 4 or 5 on the PATH. Not yet run: see docs/deployment.md.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..\..')

$dist = 'target\dist'
$out = 'target\installers'
$version = ([xml](Get-Content pom.xml)).project.version
$jdk = Join-Path $env:JAVA_HOME 'bin'
function Invoke-Tool([string]$tool, [string[]]$arguments) {
  & $tool @arguments
  if ($LASTEXITCODE -ne 0) { throw "$tool ended with $LASTEXITCODE" }
}

Invoke-Tool '.\mvnw.cmd' @('-B', '-ntp', '-q', '-Pdist', '-Dmaven.test.skip=true', 'package')

# The same modules as on the other systems, and the certificates that Windows trusts.
$modules = 'java.compiler,java.desktop,java.logging,java.management,java.naming,java.security.jgss,' +
  'java.sql,java.xml,javafx.controls,javafx.swing,jdk.httpserver,jdk.incubator.vector,jdk.crypto.cryptoki,jdk.localedata,' +
  'jdk.management,jdk.unsupported,jdk.zipfs,jdk.accessibility,jdk.crypto.mscapi'
Invoke-Tool "$jdk\jmod" @('create', '--class-path', "$dist\graphics\classes", '--libs', "$dist\graphics\libs",
  "$dist\javafx\javafx.graphics.jmod")
Invoke-Tool "$jdk\jlink" @('--output', "$dist\runtime", '--module-path', "$dist\javafx", '--add-modules', $modules,
  '--strip-native-commands', '--strip-debug', '--no-man-pages', '--no-header-files', '--include-locales=en,de')

$program = "$dist\program"
New-Item -ItemType Directory -Force "$program\models" | Out-Null
Copy-Item -Recurse @('assets', 'config', 'LICENSE') $program
Copy-Item -Recurse models\bundled "$program\models"
$others = @('     (BSD-3-Clause) PyTorch 2.7.1, libraries for the processor (https://pytorch.org)',
  '     (EUPL-1.2) Validation rules of EN 16931, in Mustang''s validator (https://github.com/ConnectingEurope/eInvoicing-EN16931)',
  '     (GPL-2.0 with the Classpath Exception) OpenJDK, Java runtime (https://openjdk.org)')
Set-Content -Path "$program\NOTICE" -Encoding utf8 -Value (
  @('InvoiceLens contains the following works of others, under their own licences. The texts of the',
    'licences are in the libraries themselves; that of the Java runtime is in its folder legal.') +
  (Get-Content "$dist\libraries.txt" | Select-Object -Skip 1) + $others)
$tokenizers = (Get-ChildItem "$dist\natives\tokenizers\tokenizers.dll").Name

Remove-Item -Recurse -Force -ErrorAction Ignore $out
$options = @(
  '-Xms16m', '-XX:MaxRAM=8g', '-XX:GCTimeRatio=4',
  '--add-opens=javafx.graphics/javafx.scene=ALL-UNNAMED',
  '--add-modules=jdk.incubator.vector',
  '--enable-native-access=ALL-UNNAMED,javafx.graphics',
  '-Dinvoicelens.home=$APPDIR\..\program',
  '-Dai.djl.offline=true',
  '-Dinvoicelens.pytorch=$APPDIR\..\natives\pytorch', '-DPYTORCH_VERSION=2.7.1',
  "-DRUST_LIBRARY_PATH=`$APPDIR\..\natives\tokenizers\$tokenizers",
  '-Djna.boot.library.path=$APPDIR\..\natives\jna', '-Djna.nounpack=true')
$arguments = @('--type', 'msi', '--name', 'InvoiceLens', '--app-version', $version, '--vendor', 'InvoiceLens',
  '--description', 'Reads invoices on this computer', '--license-file', 'LICENSE', '--icon', 'installer\windows\invoicelens.ico',
  '--input', "$dist\lib", '--main-jar', "invoicelens-$version.jar", '--main-class', 'org.invoicelens.Main',
  '--arguments', 'open', '--runtime-image', "$dist\runtime", '--app-content', "$program,$dist\natives",
  '--add-launcher', 'invoicelens-cli=installer\windows\command.properties',
  '--file-associations', 'installer\windows\pdf.properties', '--file-associations', 'installer\windows\pictures.properties',
  # Per user: no administrator is needed, and the next version replaces this one.
  '--win-per-user-install', '--win-menu', '--win-menu-group', 'InvoiceLens', '--win-shortcut-prompt', '--win-dir-chooser',
  '--win-upgrade-uuid', '6f1b7c1e-3f0e-4d0a-9d55-5b2f3a9c7e21', '--dest', $out)
foreach ($option in $options) { $arguments += @('--java-options', $option) }
Invoke-Tool "$jdk\jpackage" $arguments

Copy-Item "$dist\sbom.cdx.json" "$out\invoicelens-$version.cdx.json"
Get-ChildItem $out -File | ForEach-Object { '{0}  {1}' -f (Get-FileHash $_ -Algorithm SHA256).Hash.ToLower(), $_.Name } |
  Set-Content "$out\SHA256SUMS"
