using Microsoft.Extensions.Logging;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>
/// Definitions as files, <c>{folder}/{recorder}/recorder.json</c>, beside what the recorders recorded: the truth of which the catalogue is
/// an index. Every call may block.
/// </summary>
internal sealed class DefinitionFiles(string folder, ISecretCipher seal, IDisk disk, ILogger logger)
{
    private const string Name = "recorder.json";

    /// <summary>The root of all recorders' folders.</summary>
    public string Folder => folder;

    /// <summary>All definitions; a file that cannot be read is logged and left as it is.</summary>
    public IReadOnlyList<RecorderDefinition> ReadAll()
    {
        var found = new List<RecorderDefinition>();
        if (!Directory.Exists(folder))
        {
            return found;
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Select(owned => Path.Combine(owned, Name)).Where(File.Exists).Order())
        {
            try
            {
                var definition = EncryptedDefinition.Read(File.ReadAllText(path), seal);
                if (definition.Id.Value == Path.GetFileName(Path.GetDirectoryName(path)))
                {
                    found.Add(definition);
                }
                else
                {
                    RegistryLog.Unreadable(logger, path, $"it is of '{definition.Id}'");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException
                or SecretUnreadableException or InvalidDataException)
            {
                RegistryLog.Unreadable(logger, path, exception.Message);
            }
        }

        return found;
    }

    /// <summary>One definition.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public RecorderDefinition Read(RecorderId recorder) => EncryptedDefinition.Read(File.ReadAllText(PathOf(recorder)), seal);

    /// <summary>Keeps a definition: on the platter when it returns.</summary>
    public void Write(RecorderDefinition definition)
    {
        disk.CreateFolder(Path.Combine(folder, definition.Id.Value));
        disk.Replace(PathOf(definition.Id), System.Text.Encoding.UTF8.GetBytes(EncryptedDefinition.Write(definition, seal)));
    }

    public void Remove(RecorderId recorder) => File.Delete(PathOf(recorder));

    private string PathOf(RecorderId recorder) => Path.Combine(folder, recorder.Value, Name);
}
