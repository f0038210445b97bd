using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Recorder.Media.Export.Editing;
using Recorder.Media.Interchange;

namespace Recorder.Node.Media;

/// <summary>A file of an export: one that was begun, or, with a hash, one that is complete.</summary>
/// <param name="Key">What it is made from and how: another key is another file.</param>
internal sealed record LedgerLine(string File, string Key)
{
    public long Bytes { get; init; }

    public string? Sha256 { get; init; }

    public EditFileReport? Report { get; init; }
}

/// <summary>
/// What an export has written to its folder, so that one that was interrupted goes on: a line as a file is begun and another when it is complete. The
/// ledger is gone when each file of the export was written.
/// </summary>
internal sealed class ExportLedger : IDisposable
{
    private readonly string _folder;
    private readonly FileStream _file;
    private readonly Dictionary<string, LedgerLine> _lines = new(StringComparer.Ordinal);

    private ExportLedger(string folder, FileStream file) => (_folder, _file) = (folder, file);

    /// <exception cref="EditExportException">The same take is being exported to the folder, or the folder cannot be written.</exception>
    public static ExportLedger Open(string folder, TakeId take)
    {
        try
        {
            var file = new FileStream(Path.Combine(folder, $".{take}.export"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var ledger = new ExportLedger(folder, file);
            ledger.Read();
            return ledger;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new EditExportException(
                EditError.NotWritten, $"Take {take} cannot be exported to '{folder}': {failed.Message} Another export of it may be running there.", failed);
        }
    }

    /// <summary>Whether an earlier run of this export began the file: it may be replaced.</summary>
    public bool Owns(string file) => _lines.ContainsKey(file);

    /// <summary>Finds a file that is complete and whole on disk; null when it must be written. Reads all of it.</summary>
    public LedgerLine? FindComplete(string file, string key) =>
        _lines.TryGetValue(file, out var line) && line.Key == key && line.Sha256 is not null && File.Exists(PathOf(file))
            && new FileInfo(PathOf(file)).Length == line.Bytes && Describe(file).Sha256 == line.Sha256
            ? line
            : null;

    /// <exception cref="EditExportException">The volume is full.</exception>
    public void Begin(string file, string key) => Add(new LedgerLine(file, key));

    /// <exception cref="EditExportException">The volume is full.</exception>
    public ManifestFile Complete(string file, string key, EditFileReport? report)
    {
        var described = Describe(file);
        Add(new LedgerLine(file, key) { Bytes = described.Bytes, Sha256 = described.Sha256, Report = report });
        return described;
    }

    /// <summary>
    /// The export is over. While files of it are missing, the ledger stays, so that the next run may replace what this one wrote; not when nothing was
    /// written.
    /// </summary>
    public void End(bool isComplete)
    {
        if (isComplete || !_lines.Keys.Any(file => File.Exists(PathOf(file)) || File.Exists(PathOf(file) + ".part")))
            File.Delete(_file.Name);

        Dispose();
    }

    public void Dispose() => _file.Dispose();

    private ManifestFile Describe(string file)
    {
        using var stream = File.OpenRead(PathOf(file));
        return new ManifestFile(file, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private string PathOf(string file) => Path.Combine(_folder, file);

    private void Read()
    {
        var text = new byte[_file.Length];
        _file.ReadExactly(text);
        foreach (var range in text.AsSpan().Split((byte)'\n'))
        {
            if (Parse(text.AsSpan(range)) is { } line)
                _lines[line.File] = line;
        }

        // A line that was cut off must not spoil the next one.
        if (text is [.., not (byte)'\n'])
            _file.WriteByte((byte)'\n');
    }

    private static LedgerLine? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return text.IsEmpty ? null : JsonSerializer.Deserialize(text, LedgerJson.Default.LedgerLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Add(LedgerLine line)
    {
        try
        {
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, LedgerJson.Default.LedgerLine));
            _file.WriteByte((byte)'\n');
            _file.Flush(flushToDisk: true);
            _lines[line.File] = line;
        }
        catch (IOException failed)
        {
            throw new EditExportException(EditError.DiskFull, $"'{_file.Name}' cannot be written: {failed.Message}", failed);
        }
    }
}

/// <summary>A time code and its rate as one text.</summary>
internal sealed class TimeCodeConverter : JsonConverter<TimeCode>
{
    public override TimeCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()?.Split(' ') is [var code, var rate] && TimeCodeRate.TryParse(rate, out var known) && TimeCode.TryParse(code, known, out var timeCode)
            ? timeCode
            : throw new JsonException("It is no time code with its rate.");

    public override void Write(Utf8JsonWriter writer, TimeCode value, JsonSerializerOptions options) => writer.WriteStringValue($"{value} {value.Rate}");
}

internal sealed class TimeCodeRateConverter : JsonConverter<TimeCodeRate>
{
    public override TimeCodeRate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeCodeRate.TryParse(reader.GetString() ?? "", out var rate) ? rate : throw new JsonException("It is no rate of time code.");

    public override void Write(Utf8JsonWriter writer, TimeCodeRate value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeCodeConverter), typeof(TimeCodeRateConverter)])]
[JsonSerializable(typeof(LedgerLine))]
internal sealed partial class LedgerJson : JsonSerializerContext;
