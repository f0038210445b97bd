using Recorder.Actors.Secrets;
using Recorder.Node.Security;

namespace Recorder.Node.Webhooks;

/// <summary>Webhooks on disk: <c>data/webhooks/{id}.json</c> with URL and secret encrypted, and <c>{id}.state</c> with the
/// progress. With a lost or old state events are delivered twice, but none is missed.</summary>
internal sealed class WebhookStore(string folder, SecretSeal seal)
{
    public IReadOnlyList<(Webhook Webhook, WebhookState State)> Load()
    {
        if (!Directory.Exists(folder))
            return [];

        var loaded = new List<(Webhook, WebhookState)>();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                var webhook = JsonSerializer.Deserialize(File.ReadAllBytes(file), WebhookJson.Default.Webhook)!;
                webhook = webhook with { Url = seal.Decrypt(webhook.Url), Secret = seal.Decrypt(webhook.Secret) };
                loaded.Add((webhook, LoadState(webhook)));
            }
            catch (Exception error) when (error is JsonException or SecretUnreadableException or UnauthorizedAccessException)
            {
                throw new IOException($"Cannot read the webhook '{file}' ({error.Message}); correct the file, or remove it.", error);
            }
        }

        return loaded;
    }

    public void Save(Webhook webhook)
    {
        PrivateFile.MakeFolder(folder);
        var stored = webhook with { Url = seal.SealSecret(webhook.Url), Secret = seal.SealSecret(webhook.Secret) };
        PrivateFile.Replace(PathOf(webhook.Id, ".json"), JsonSerializer.SerializeToUtf8Bytes(stored, WebhookJson.Default.Webhook));
    }

    /// <summary>Not flushed: an event that is delivered twice after a power cut costs less than a sync for each event.</summary>
    public void Save(string id, WebhookState state)
    {
        var file = PathOf(id, ".state");
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(state, WebhookJson.Default.WebhookState));
        File.Move(file + ".new", file, overwrite: true);
    }

    public void Remove(string id)
    {
        File.Delete(PathOf(id, ".json"));
        File.Delete(PathOf(id, ".state"));
    }

    private WebhookState LoadState(Webhook webhook)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(webhook.Id, ".state")), WebhookJson.Default.WebhookState)!;
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            return new WebhookState(webhook.After);
        }
    }

    private string PathOf(string id, string extension) => Path.Combine(folder, id + extension);
}
