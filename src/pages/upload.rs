//! A form that may carry a file, read whole before anything is said about it: who answers a browser in the middle of an
//! upload is not heard.

use super::failure::Failure;
use super::fields::Fields;
use crate::server::error::Error;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, RawForm, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

/// How much larger than its file a form may be: the other fields, and what stands between.
const AROUND: usize = 1024 * 1024;
/// How much more is read and thrown away, so that the refusal can be read.
const DRAINED: usize = 64 * 1024 * 1024;

/// What was sent; a file of `MAX` bytes at most.
#[derive(Debug)]
pub enum Upload<const MAX: usize> {
    Whole {
        fields: Fields,
        /// `None` where none was chosen.
        file: Option<SentFile>,
    },
    TooLarge,
}

#[derive(Debug)]
pub struct SentFile {
    /// As the browser calls it.
    pub name: String,
    pub bytes: Bytes,
}

impl<S: Send + Sync, const MAX: usize> FromRequest<S> for Upload<MAX> {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let Some(bytes) = whole(body, MAX + AROUND).await? else { return Ok(Self::TooLarge) };
        let is_multipart =
            parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let request = Request::from_parts(parts, Body::from(bytes));
        if is_multipart {
            let form = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            let (fields, file) = read(form).await?;
            return Ok(Self::Whole { fields, file });
        }
        let RawForm(bytes) = RawForm::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let pairs = serde_html_form::from_bytes(&bytes).map_err(|e| unreadable(&e.to_string()))?;
        Ok(Self::Whole { fields: Fields(pairs), file: None })
    }
}

/// The body; `None` where it is too large.
async fn whole(mut body: Body, most: usize) -> Result<Option<Vec<u8>>, Response> {
    let (mut bytes, mut count) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|e| unreadable(&e.to_string()))?.into_data() else { continue };
        count += data.len();
        if count > most {
            bytes = Vec::new();
            if count > DRAINED {
                break;
            }
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    Ok((count <= most).then_some(bytes))
}

async fn read(mut form: Multipart) -> Result<(Fields, Option<SentFile>), Response> {
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = form.next_field().await.map_err(|e| unreadable(&e.body_text()))? {
        let (name, file_name) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await.map_err(|e| unreadable(&e.body_text()))?;
        match file_name {
            // A browser sends an empty file where none was chosen.
            Some(name) => file = Some(SentFile { name, bytes }).filter(|file| !file.bytes.is_empty()).or(file),
            None => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((Fields(fields), file))
}

fn unreadable(why: &str) -> Response {
    Failure::from(Error::field("", format!("The form could not be read: {why}"))).into_response()
}
