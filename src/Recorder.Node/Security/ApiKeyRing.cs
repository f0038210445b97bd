namespace Recorder.Node.Security;

/// <summary>The API keys of a node, in <c>data/keys/api-keys.json</c>. The command <c>recorder keys</c> changes the file, and a
/// running node reads it again after a change. While the file cannot be read no key is accepted. Safe to use from any
/// thread.</summary>
internal sealed partial class ApiKeyRing
{
    private readonly string _folder;
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Dictionary<string, ApiKey> _keys = [];
    private (DateTime Written, long Length)? _read;
    private bool _isUnreadable;

    /// <summary>A missing file means that there are no keys.</summary>
    public ApiKeyRing(string folder, ILogger logger, TimeProvider time)
    {
        (_folder, _file, _logger, _time) = (folder, Path.Combine(folder, "api-keys.json"), logger, time);
        _read = Stamp();
        _keys = ById(Read(_file));
    }

    public bool IsEmpty
    {
        get
        {
            Refresh();
            return _keys.Count == 0 && !_isUnreadable;
        }
    }

    public ApiKey? Find(string token)
    {
        Refresh();
        return ApiKey.IdOf(token) is { } id && _keys.GetValueOrDefault(id) is { } key && key.Is(token) && !(key.ExpiresAt <= _time.GetUtcNow())
            ? key
            : null;
    }

    /// <summary>The key as it is stored, for what was signed for it; null when it was removed or has expired.</summary>
    public ApiKey? FindById(string id)
    {
        Refresh();
        return _keys.GetValueOrDefault(id) is { } key && !(key.ExpiresAt <= _time.GetUtcNow()) ? key : null;
    }

    /// <summary>Whether the key with which somebody came was removed, or has expired: what they watch ends.</summary>
    public bool IsOver(Access access) => access.Key is { } key && FindById(key.Id) is null;

    public IReadOnlyList<ApiKey> List() => Read(_file);

    /// <summary>Returns the key itself, which is not stored anywhere.</summary>
    public string Add(Role role, string? name, IReadOnlyList<string> recorders, TimeSpan? lifetime)
    {
        var (token, key) = ApiKey.Make(role, name, recorders, _time.GetUtcNow(), lifetime);
        Change(keys => [.. keys, key]);
        return token;
    }

    public bool Remove(string id)
    {
        var found = false;
        Change(keys =>
        {
            found = keys.Any(key => key.Id == id);
            return [.. keys.Where(key => key.Id != id)];
        });
        return found;
    }

    private void Change(Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change)
    {
        PrivateFile.MakeFolder(_folder);
        // Of two commands at the same time the second fails and changes nothing.
        using var alone = new FileStream(_file + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        var keys = new ApiKeyFile(change(Read(_file)));
        PrivateFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(keys, ApiKeyJson.Default.ApiKeyFile));
    }

    private void Refresh()
    {
        lock (_lock)
        {
            if (Stamp() is var stamp && stamp == _read)
                return;

            _read = stamp;
            try
            {
                _keys = ById(Read(_file));
                _isUnreadable = false;
                LogRead(_logger, _keys.Count);
            }
            catch (IOException unreadable)
            {
                // A key that was valid may have been removed.
                _keys = [];
                _isUnreadable = true;
                LogUnreadable(_logger, unreadable.Message);
            }
        }
    }

    private (DateTime Written, long Length)? Stamp() =>
        new FileInfo(_file) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    private static Dictionary<string, ApiKey> ById(IReadOnlyList<ApiKey> keys) =>
        keys.GroupBy(key => key.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);

    private static IReadOnlyList<ApiKey> Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ApiKeyJson.Default.ApiKeyFile)!.Keys : [];
        }
        catch (Exception error) when (error is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"'{file}' does not contain valid API keys ({error.Message}); restore the file, or remove it and add keys again.", error);
        }
    }

    [LoggerMessage(EventId = 7020, Level = LogLevel.Information, Message = "Reloaded {Count} API keys")]
    private static partial void LogRead(ILogger logger, int count);

    [LoggerMessage(EventId = 7021, Level = LogLevel.Error, Message = "No API key is accepted: {Cause}")]
    private static partial void LogUnreadable(ILogger logger, string cause);
}
