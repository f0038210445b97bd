namespace Recorder.Media.Interchange;

/// <summary>A file of an export.</summary>
/// <param name="Name">The path from the folder of the manifest, with '/' between folders.</param>
/// <param name="Sha256">64 hexadecimal digits.</param>
internal sealed record ManifestFile(string Name, long Bytes, string Sha256);
