using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>
/// Reads and writes the definitions of recorders as files, <c>{folder}/{recorder}/recorder.json</c>, beside the recordings. The files are the
/// truth, and the catalogue is an index of them. Every call may block.
/// </summary>
internal sealed class DefinitionFiles(string folder, ISecretCipher seal, IDisk disk, ILogger logger)
{
    private const string Name = "recorder.json";

    private readonly ConcurrentDictionary<RecorderId, bool> _unsure = new();
    private WriteRounds<RecorderDefinition>? _rounds;

    public string Folder => folder;

    /// <summary>Reads all definitions; a file that cannot be read is logged and left unchanged.</summary>
    public IReadOnlyList<RecorderDefinition> ReadAll()
    {
        var definitions = new List<RecorderDefinition>();
        if (!Directory.Exists(folder))
            return definitions;

        foreach (var path in Directory.EnumerateDirectories(folder).Select(path => Path.Combine(path, Name)).Where(File.Exists).Order())
        {
            try
            {
                var definition = EncryptedDefinition.Read(File.ReadAllText(path), seal);
                if (definition.Id.Value == Path.GetFileName(Path.GetDirectoryName(path)))
                    definitions.Add(definition);
                else
                    RegistryLog.Unreadable(logger, path, $"its id is '{definition.Id}', which is not the name of its folder");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException
                or SecretUnreadableException or InvalidDataException)
            {
                RegistryLog.Unreadable(logger, path, exception.Message);
            }
        }

        return definitions;
    }

    public RecorderDefinition Read(RecorderId recorder) => EncryptedDefinition.Read(File.ReadAllText(PathOf(recorder)), seal);

    /// <summary>
    /// Writes a definition, which is durable when the method returns. A file that has it already is durable: thousands of recorders that a node holds again
    /// when it starts would else wait for the disk one after the other.
    /// </summary>
    public void Write(RecorderDefinition definition)
    {
        if (!_unsure.ContainsKey(definition.Id) && Has(definition))
            return;

        // What was written may be there and not durable when the disk fails.
        _unsure[definition.Id] = true;
        disk.CreateFolder(Path.Combine(folder, definition.Id.Value));
        disk.Replace(PathOf(definition.Id), System.Text.Encoding.UTF8.GetBytes(EncryptedDefinition.Write(definition, seal)));
        _unsure.TryRemove(definition.Id, out _);
    }

    /// <summary>Writes a definition together with others that are written at the same time; it is durable when the task ends. Does not block.</summary>
    public Task WriteAsync(RecorderDefinition definition) =>
        LazyInitializer.EnsureInitialized(ref _rounds, () => new WriteRounds<RecorderDefinition>(WriteAllAsync)).WriteAsync(definition);

    // Many on a thread of their own: the pool has as many as there are cores, and recorders to start with them.
    private Task<IReadOnlyList<Exception?>> WriteAllAsync(IReadOnlyList<RecorderDefinition> definitions) => definitions.Count == 1
        ? Task.FromResult(WriteAll(definitions))
        : Task.Factory.StartNew(() => WriteAll(definitions), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private IReadOnlyList<Exception?> WriteAll(IReadOnlyList<RecorderDefinition> definitions)
    {
        List<(string, ReadOnlyMemory<byte>)> files = [];
        List<Exception?> folders = [];
        foreach (var definition in definitions)
        {
            _unsure[definition.Id] = true;
            // One that cannot be made is not to keep the others from their files.
            folders.Add(IDisk.Try(() => disk.CreateFolder(Path.Combine(folder, definition.Id.Value))));
            files.Add((PathOf(definition.Id), System.Text.Encoding.UTF8.GetBytes(EncryptedDefinition.Write(definition, seal))));
        }

        IReadOnlyList<Exception?> failures = [.. disk.ReplaceAll(files).Zip(folders, (file, made) => made ?? file)];
        foreach (var (definition, failure) in definitions.Zip(failures))
        {
            if (failure is null)
                _unsure.TryRemove(definition.Id, out _);
        }

        return failures;
    }

    public void Remove(RecorderId recorder) => File.Delete(PathOf(recorder));

    private bool Has(RecorderDefinition definition)
    {
        try
        {
            var path = PathOf(definition.Id);
            return File.Exists(path) && EncryptedDefinition.IsSame(File.ReadAllText(path), definition, seal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException
            or SecretUnreadableException or InvalidDataException)
        {
            return false;
        }
    }

    private string PathOf(RecorderId recorder) => Path.Combine(folder, recorder.Value, Name);
}
